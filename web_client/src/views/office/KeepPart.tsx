import { Alert } from "../../components/Alert";
import { office } from "../../i18n/office";
import { ATTENDANCE_DAYS, atOnce, RECORDINGS_DAYS, TRIALS_DAYS } from "../../office/table";
import type { PartProps } from "./EditForm";
import { TextField, Tick } from "./fields";

/** How long personal data are kept after the closing: docs/privacy.md. */
export function KeepPart({ table, faults, change }: PartProps) {
  const keep = table.retention ?? {};
  const set = (field: string, value: string | boolean): void =>
    change({ retention: { ...keep, [field]: value } }, `retention.${field}`);
  return (
    <fieldset data-path="retention" tabIndex={-1}>
      <legend>{office.keep}</legend>
      <p class="hint">{office.keepHint}</p>
      <div class="cols">
        <TextField
          label={office.attendanceDays}
          path="retention.attendance_days"
          faults={faults}
          hint={office.attendanceDaysHint}
          inputMode="numeric"
          value={keep.attendance_days ?? ATTENDANCE_DAYS}
          onInput={(days) => set("attendance_days", days)}
        />
        <TextField
          label={office.trialsDays}
          path="retention.trials_days"
          faults={faults}
          hint={office.trialsDaysHint}
          inputMode="numeric"
          value={keep.trials_days ?? TRIALS_DAYS}
          onInput={(days) => set("trials_days", days)}
        />
        <TextField
          label={office.recordingsDays}
          path="retention.recordings_days"
          faults={faults}
          hint={office.recordingsDaysHint}
          inputMode="numeric"
          value={keep.recordings_days ?? RECORDINGS_DAYS}
          onInput={(days) => set("recordings_days", days)}
        />
      </div>
      <Tick label={office.keepAutomatic} on={keep.automatic === true} onChange={(on) => set("automatic", on)} />
      <p class="hint" role="status">
        {keep.automatic === true ? office.keepByServer : office.keepByHand}
      </p>
      {atOnce(keep) && <Alert tone="warn" title={office.keepAtOnce} />}
    </fieldset>
  );
}
