import { useEffect, useRef, useState } from "preact/hooks";
import { Alert } from "../../components/Alert";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { useKeys } from "../../components/page";
import { Wrong } from "../../components/Wrong";
import { say } from "../../i18n";
import { office } from "../../i18n/office";
import { Faulty, type Listed, save } from "../../office/api";
import { dropDraft, keepDraft, place, same, settle } from "../../office/state";
import { type Faults, faultsOf, mended, sent, type Table } from "../../office/table";
import { CastPart } from "./CastPart";
import { EventPart } from "./EventPart";
import { HallsPart, HubPart } from "./HallsPart";
import { KeepPart } from "./KeepPart";
import { PactPart, RulesPart } from "./PactPart";
import { RundownPart } from "./RundownPart";
import { useTask } from "./useTask";

const MOST_SHOWN = 8;

interface FormProps {
  id: string | null;
  /** Under which name the draft is kept. */
  of: string;
  table: Table;
  version: string | null;
  listed: Listed | null;
  draft: { table: Table; version: string | null } | null;
  reload: () => Promise<void>;
}

/** Of each part: the table, what is wrong with it, and how it changes. `path`: what was changed. */
export interface PartProps {
  table: Table;
  faults: Faults;
  change: (changes: Partial<Table>, path: string) => void;
}

export function EditForm({ id, of, table: begun, version: first, listed, draft, reload }: FormProps) {
  const restored = draft !== null && !same(draft.table, begun);
  const [table, setTable] = useState(restored ? draft.table : begun);
  const [kept, setKept] = useState({ table: begun, version: restored ? draft.version : first });
  const [faults, setFaults] = useState<Faults>({});
  const [fromDraft, setFromDraft] = useState(restored);
  const [saved, setSaved] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const [past, setPast] = useState<Step[]>([]);
  const { busy, wrong, run } = useTask();
  const typed = !same(table, kept.table);
  const dirty = id === null || typed;
  const latest = useRef({ table, typed, version: kept.version });
  latest.current = { table, typed, version: kept.version };
  useKeptDraft(of, latest);
  const change = (changes: Partial<Table>, path: string): void => {
    setPast(stepped(past, table, path));
    setTable((old) => ({ ...old, ...changes }));
    setFaults((old) => mended(old, path));
    setSaved(false);
  };
  const put = async (): Promise<void> => {
    const wanted = sent(table);
    const here = place.value;
    await run(async () => {
      try {
        const done = await save(wanted.id || "-", wanted, kept.version);
        dropDraft(of);
        latest.current.typed = false;
        setFaults({});
        setFromDraft(false);
        setKept({ table, version: done.version });
        await reload();
        if (id !== null) setSaved(true);
        // Whoever went away by the browser's own key meanwhile stays there.
        else if (place.value === here) settle({ page: "links", id: wanted.id });
      } catch (error) {
        if (!(error instanceof Faulty)) throw error;
        const found = faultsOf(error.faults);
        setFaults(found);
        focusFault(Object.keys(found)[0] ?? "");
      }
    });
  };
  const leave = (): void => settle({ page: "list" });
  const parts: PartProps = { table, faults, change };
  useKeys((event) => {
    if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    event.preventDefault(); // the browser would save its page
    if (!busy && dirty && !leaving) void put();
  });
  return (
    <main class="sheet editor">
      <div class="head">
        <h1>{id === null ? office.newTitle : office.editTitle(kept.table.title)}</h1>
        <Button
          blocked={busy ? office.saving : null}
          onClick={() => (typed ? setLeaving(true) : leave())}
          testId="office-back"
        >
          {office.back}
        </Button>
      </div>
      {listed?.phase === "live" && <Alert tone="warn" title={office.editFixed} />}
      {fromDraft && (
        <Alert tone="info" title={office.draft}>
          <p>
            <Button
              class="sm"
              onClick={() => {
                dropDraft(of);
                setTable(begun);
                setKept({ table: begun, version: first });
                setFromDraft(false);
              }}
            >
              {office.draftDrop}
            </Button>
          </p>
        </Alert>
      )}
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void put();
        }}
      >
        <EventPart {...parts} fixed={id !== null} />
        <HubPart {...parts} />
        <HallsPart {...parts} />
        <CastPart {...parts} />
        <RundownPart {...parts} />
        <PactPart {...parts} />
        <RulesPart {...parts} />
        <KeepPart {...parts} />
        <div class="savebar">
          <div role="status" data-testid="save-said">
            <Wrong text={wrong} />
            <FaultList faults={faults} />
            {saved && !dirty && <Alert tone="ok" title={office.saved} />}
          </div>
          {past.length > 0 && (
            <Button
              icon="undo"
              testId="undo"
              onClick={() => {
                setTable(past.at(-1)?.table ?? table);
                setPast(past.slice(0, -1));
              }}
            >
              {office.undo}
            </Button>
          )}
          <span class="muted">{busy ? office.saving : dirty && id !== null ? office.unsaved : ""}</span>
          <button
            type="submit"
            class="btn primary"
            data-testid="save"
            aria-disabled={busy || !dirty || undefined}
            aria-keyshortcuts="Control+S Meta+S"
            title={dirty ? undefined : office.unchanged}
            onClick={(event) => {
              if (busy || !dirty) event.preventDefault();
            }}
          >
            <span class="face">{id === null ? office.create : office.save}</span>
            <kbd>{office.saveKey}</kbd>
          </button>
        </div>
      </form>
      {leaving && (
        <Dialog
          title={office.leaveAsk}
          onClose={() => setLeaving(false)}
          ends={
            <>
              <Button autofocus onClick={() => setLeaving(false)}>
                {office.stay}
              </Button>
              <Button look="danger" onClick={leave}>
                {office.leaveYes}
              </Button>
            </>
          }
        >
          <p>{office.leaveWhy}</p>
        </Dialog>
      )}
    </main>
  );
}

interface Step {
  table: Table;
  path: string;
}

const MOST_STEPS = 100;

/** What can be taken back; letters typed into one field one after the other are one step. */
function stepped(past: Step[], table: Table, path: string): Step[] {
  const typing = path.includes(".") || path === "title";
  if (typing && past.at(-1)?.path === path) return past;
  return [...past, { table, path }].slice(-MOST_STEPS);
}

/** What is typed outlives a reload and a way back: it is kept a moment after each change. */
function useKeptDraft(
  of: string,
  latest: { current: { table: Table; typed: boolean; version: string | null } },
): void {
  useEffect(() => {
    const keep = (): void => {
      const { table, typed, version } = latest.current;
      if (typed) keepDraft(of, { table, version });
      else dropDraft(of);
    };
    const timer = setInterval(keep, 2_000);
    addEventListener("pagehide", keep);
    return () => {
      keep();
      clearInterval(timer);
      removeEventListener("pagehide", keep);
    };
  }, [of]);
}

function FaultList({ faults }: { faults: Faults }) {
  const all = Object.entries(faults);
  if (all.length === 0) return null;
  return (
    <Alert tone="bad" title={office.faults(all.length)}>
      <p>{office.faultsHow}</p>
      <ul class="faults">
        {all.slice(0, MOST_SHOWN).map(([path, text]) => (
          <li key={path}>
            <button type="button" class="linkish" onClick={() => focusFault(path)}>
              {placeSaid(path)}: {say(text)}
            </button>
          </li>
        ))}
        {all.length > MOST_SHOWN && <li>{office.moreFaults(all.length - MOST_SHOWN)}</li>}
      </ul>
    </Alert>
  );
}

/** To the field, or to what holds it. */
function focusFault(path: string): void {
  requestAnimationFrame(() => {
    for (let at = path; at; at = at.slice(0, Math.max(0, at.lastIndexOf(".")))) {
      const field = document.querySelector<HTMLElement>(`[data-path="${CSS.escape(at)}"]`);
      const details = field?.closest("details");
      if (details) details.open = true;
      const target = field?.querySelector<HTMLElement>("input, select, textarea") ?? field;
      if (target) {
        target.focus();
        target.scrollIntoView({ block: "center" });
        return;
      }
    }
  });
}

const PARTS: Record<string, () => string> = {
  id: () => office.eventId,
  title: () => office.eventTitle,
  timezone: () => office.zone,
  starts_at: () => office.begins,
  hub: () => office.hub,
  rooms: () => office.halls,
  moderators: () => office.moderators,
  technicians: () => office.technicians,
  rundown: () => office.rundown,
  pact: () => office.pact,
  policy: () => office.rules,
  retention: () => office.keep,
};
const FIELDS: Record<string, () => string> = {
  code: () => office.code,
  name: () => office.name,
  short_name: () => office.shortName,
  abbr: () => office.abbr,
  cap: () => office.cap,
  title: () => office.eventTitle,
  minutes: () => office.minutes,
  room: () => office.room,
  point: () => office.point,
  notes: () => office.notes,
  points: () => office.points,
  preamble: () => office.preamble,
  closing: () => office.closing,
  attendance_days: () => office.attendanceDays,
  trials_days: () => office.trialsDays,
  recordings_days: () => office.recordingsDays,
};

/** `rooms.3.cap` as a person says it: Ruang 4, Batas orang. */
function placeSaid(path: string): string {
  const [part = "", ...rest] = path.split(".");
  const said = rest.map((one) => (/^\d+$/.test(one) ? ` ${Number(one) + 1}` : `, ${FIELDS[one]?.() ?? one}`));
  return (PARTS[part]?.() ?? part) + said.join("");
}
