import { useEffect, useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Icon } from "../../components/Icon";
import { decimal } from "../../format";
import { lang } from "../../i18n";
import { common } from "../../i18n/common";
import { figureName } from "../../i18n/figures";
import { reportFailed, trial } from "../../i18n/trial";
import type { RunView } from "../../protocol";
import { clock, tell, view } from "../../store";
import { isTrouble } from "../../trial/desk";
import {
  type Change,
  type Comparison,
  compareTrial,
  downloadReport,
  reportText,
  type ReportKind,
} from "../../trial/http";
import { ByHand, copyText } from "./CopyText";
import { whenWords } from "./words";

function complain(error: unknown): void {
  if (!isTrouble(error)) throw error;
  console.warn("x report:", error);
  tell(reportFailed);
}

interface ReportsProps {
  run: RunView | null;
  /** The test page has no comparison. */
  compares?: boolean;
}

/** The run as a text, a file, or beside the last good one. */
export function Reports({ run, compares = true }: ReportsProps) {
  const [comparing, setComparing] = useState(false);
  const [copied, setCopied] = useState(false);
  const [left, setLeft] = useState<string | null>(null);
  const blocked = !run ? trial.noRun : run.state === "running" ? trial.notEnded : null;
  const id = run?.id ?? "";
  const copy = () =>
    void copyText(reportText(id, lang.value)).then((uncopied) => {
      setLeft(uncopied);
      if (uncopied !== null) return;
      setCopied(true);
      setTimeout(() => setCopied(false), 2000);
    }, complain);
  const save = (kind: ReportKind) => void downloadReport(id, kind, lang.value).catch(complain);
  return (
    <div class="reports">
      <Button icon={copied ? "check" : "copy"} blocked={blocked} onClick={copy} testId="report-copy">
        {copied ? trial.copied : trial.copyText}
      </Button>
      {compares && (
        <Button icon="compare" blocked={blocked} onClick={() => setComparing(true)} testId="report-compare">
          {trial.compare}
        </Button>
      )}
      <Button icon="doc" blocked={blocked} onClick={() => save("pdf")} testId="report-pdf">
        {trial.pdf}
      </Button>
      {!blocked && <Menu save={save} />}
      {comparing && run && <Compare run={run.id} onClose={() => setComparing(false)} />}
      {left !== null && <Uncopied text={left} onClose={() => setLeft(null)} />}
    </div>
  );
}

function Uncopied({ text, onClose }: { text: string; onClose: () => void }) {
  return (
    <Dialog title={trial.copyText} onClose={onClose} ends={<Button onClick={onClose}>{common.close}</Button>}>
      <p>{trial.copyFailed}</p>
      <ByHand text={text} label={trial.copyText} />
    </Dialog>
  );
}

function Menu({ save }: { save: (kind: ReportKind) => void }) {
  return (
    <details class="menu">
      <summary class="btn icon" aria-label={trial.more} title={trial.more}>
        <Icon name="more" />
      </summary>
      <div class="items">
        {(["csv", "json"] as const).map((kind) => (
          <Button key={kind} look="quiet" onClick={() => save(kind)} testId={`report-${kind}`}>
            {kind.toUpperCase()}
          </Button>
        ))}
      </div>
    </details>
  );
}

function Compare({ run, onClose }: { run: string; onClose: () => void }) {
  const [found, setFound] = useState<Comparison | null>(null);
  useEffect(() => {
    compareTrial(run).then(setFound, (error: unknown) => {
      onClose();
      complain(error);
    });
  }, [run]);
  return (
    <Dialog title={trial.compareTitle} onClose={onClose} ends={<Button onClick={onClose}>{common.close}</Button>}>
      {!found ? (
        <p role="status">
          <Icon name="load" spin /> {trial.fetching}
        </p>
      ) : found.against === null ? (
        <p>{trial.compareNone}</p>
      ) : (
        <CompareTable rows={found.rows} at={found.against_at} />
      )}
    </Dialog>
  );
}

const tones: Record<Change["change"], string> = { better: "green", worse: "red", same: "", unknown: "muted" };

/** `at`: when the earlier run began, Unix ms. */
function CompareTable({ rows, at }: { rows: Change[]; at: number | null }) {
  const words = { better: trial.better, worse: trial.worse, same: trial.same, unknown: trial.unknownChange };
  return (
    <table class="figures compare">
      <thead>
        <tr>
          <th scope="col">{trial.figure}</th>
          <th scope="col">
            {trial.before}
            {at !== null && view.value && <small>{whenWords(at, clock.value, view.value.conference)}</small>}
          </th>
          <th scope="col">{trial.after}</th>
          <th scope="col">{trial.change}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <th scope="row">{figureName(row.name)}</th>
            <td>{number(row.before, row.unit)}</td>
            <td>{number(row.after, row.unit)}</td>
            <td class={tones[row.change]}>{words[row.change]}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function number(value: number | null, unit: string): string {
  if (value === null) return "–";
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return `${decimal(value, digits, lang.value)} ${unit}`.trim().replace(/^-/, "−");
}
