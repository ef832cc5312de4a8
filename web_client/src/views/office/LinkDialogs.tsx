import { useEffect, useId, useState } from "preact/hooks";
import { release } from "../../blobs";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Icon } from "../../components/Icon";
import { Wrong } from "../../components/Wrong";
import type { Zone } from "../../format";
import { isTrouble, troubleSaid } from "../../http";
import { lang } from "../../i18n";
import { common } from "../../i18n/common";
import { office } from "../../i18n/office";
import { expire, fetchFile, type LinkRow, qrAddress, revoke } from "../../office/api";
import { local, moment as parsed } from "../../office/zoned";
import { moment } from "./LinkTable";
import { useTask } from "./useTask";

interface DialogProps {
  id: string;
  row: LinkRow;
  onClose: () => void;
}

interface ActProps extends DialogProps {
  onDone: (said: string) => Promise<void>;
}

export function QrDialog({ id, row, onClose }: DialogProps) {
  const [address, setAddress] = useState<string | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const { busy, wrong, run } = useTask();
  useEffect(() => {
    let made: string | null = null;
    let gone = false;
    qrAddress(id, row.link).then(
      (url) => {
        made = url;
        if (gone) release(url);
        else setAddress(url);
      },
      (error: unknown) => {
        if (!isTrouble(error)) throw error;
        if (!gone) setFailed(troubleSaid(error));
      },
    );
    return () => {
      gone = true;
      if (made !== null) release(made);
    };
  }, [id, row.link]);
  return (
    <Dialog
      title={office.qrFor(row.name)}
      testId="qr-dialog"
      onClose={onClose}
      ends={
        <>
          {row.role === "operator" && (
            <Button
              icon="doc"
              blocked={busy ? office.making : null}
              onClick={() => void run(() => fetchFile(id, "join.pdf", lang.value, row.room))}
            >
              {office.print}
            </Button>
          )}
          <Button look="primary" onClick={onClose}>
            {common.close}
          </Button>
        </>
      }
    >
      <p class="muted">{office.qrWhy}</p>
      {address ? (
        <img class="qr" src={address} alt={office.qrFor(row.name)} />
      ) : (
        failed === null && (
          <p role="status">
            <Icon name="load" spin /> {office.loading}
          </p>
        )
      )}
      <Wrong text={failed ?? wrong} />
    </Dialog>
  );
}

export function EndDialog({ id, row, zone, onClose, onDone }: ActProps & { zone: Zone }) {
  const [typed, setTyped] = useState(local(row.expires_at, zone.timezone));
  const { busy, wrong, setWrong, run } = useTask();
  const [form, field] = [useId(), useId()];
  const submit = (event: Event): void => {
    event.preventDefault();
    const at = parsed(typed, zone.timezone);
    if (at === null) return setWrong(office.endMissing);
    void run(async () => {
      await expire(id, row.link, at);
      await onDone(office.endSet(row.name, moment(at, zone)));
    });
  };
  return (
    <Dialog
      title={office.endOf(row.name)}
      testId="end-dialog"
      onClose={onClose}
      ends={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <button type="submit" form={form} class="btn primary" aria-disabled={busy || undefined} data-testid="end-save">
            {office.endSave}
          </button>
        </>
      }
    >
      <form id={form} noValidate onSubmit={submit}>
        <div class="field">
          <label for={field}>{office.until}</label>
          <span class="hint">{office.endHint(zone.timezone_label)}</span>
          <Wrong text={wrong} />
          <input
            id={field}
            class={wrong ? "input is-bad" : "input"}
            type="datetime-local"
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </div>
      </form>
    </Dialog>
  );
}

export function RevokeDialog({ id, row, onClose, onDone }: ActProps) {
  const { busy, wrong, run } = useTask();
  const yes = (): void =>
    void run(async () => {
      await revoke(id, row.link);
      await onDone(office.revokedNow(row.name));
    });
  return (
    <Dialog
      title={office.revokeAsk(row.name)}
      testId="revoke-dialog"
      onClose={onClose}
      ends={
        <>
          <Button autofocus onClick={onClose}>
            {common.cancel}
          </Button>
          <Button look="danger" testId="revoke-yes" blocked={busy ? office.saving : null} onClick={yes}>
            {office.revokeYes}
          </Button>
        </>
      }
    >
      <p>{office.revokeWhy}</p>
      {row.devices > 0 && <p class="strong">{office.revokeHere(row.devices)}</p>}
      <Wrong text={wrong} />
    </Dialog>
  );
}
