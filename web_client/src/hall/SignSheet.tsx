import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../components/Button";
import { Icon } from "../components/Icon";
import { theme, useKeys } from "../components/page";
import { Wrong } from "../components/Wrong";
import { focusOf } from "../control/keys";
import { useSend } from "../control/useSend";
import { time } from "../format";
import { lang, say } from "../i18n";
import { hall as words } from "../i18n/hall";
import type { PactView, RoomView, View } from "../protocol";
import { useBehind } from "./behind";
import { PactText } from "./PactText";
import { SignaturePad } from "./SignaturePad";
import { listed, type Mark, type Obstacle, obstacleOf, signatoryOf } from "./signing";
import { isFull, type Line } from "./strokes";
import { TypedName } from "./TypedName";

interface SheetProps {
  seen: View;
  room: RoomView;
  pact: PactView;
  person: string;
  onClose: () => void;
}

const EMPTY: Mark = { by: "pad", lines: [] };

/** One person reads the text, agrees and signs. What was drawn stays until it is taken. */
export function SignSheet({ seen, room, pact, person, onClose }: SheetProps) {
  const [mark, setMark] = useState<Mark>(EMPTY);
  const [read, setRead] = useState<string | null>(null);
  const head = useRef<HTMLHeadingElement>(null);
  const sheet = useRef<HTMLElement>(null);
  useBehind(sheet);
  const { send, busy, refused } = useSend();
  const signed = signatoryOf(room, person)?.signature != null;
  useEffect(() => head.current?.focus(), [signed]); // what had the focus is gone once it is signed
  useKeys((event) => {
    if (event.key === "Escape" && focusOf(document.activeElement) !== "dialog") onClose();
  });
  const who = signatoryOf(room, person);
  const obstacle = obstacleOf({ view: seen, room, person, read, mark });
  const sign = (): void => {
    if (obstacle || read === null) return;
    void send({ type: "pact.sign", room: room.code, person, document: read, ...signedBy(mark) });
  };
  return (
    <section
      ref={sheet}
      class="sheet"
      role="dialog"
      aria-labelledby="sheet-title"
      data-theme={theme.value}
      data-testid="sheet"
      data-signed={signed}
    >
      <header>
        <div class="who">
          <h2 id="sheet-title" ref={head} tabIndex={-1}>
            {words.signingAs(who?.name ?? "")}
          </h2>
          {who?.office && <p class="muted">{who.office}</p>}
        </div>
        <Button look="quiet" class="sm" kbd="Esc" testId="sheet-close" onClick={onClose}>
          {signed ? words.done : words.back}
        </Button>
      </header>
      <div class="reading" tabIndex={0} aria-label={words.wholeText} role="region">
        <PactText pact={pact} />
      </div>
      <div class="writing">
        {signed ? (
          <Signed seen={seen} at={who?.signed_at ?? 0} />
        ) : (
          <>
            <Agreed read={read} hash={pact.hash} onRead={setRead} />
            {mark.by === "pad" ? (
              <Pad
                lines={mark.lines}
                onLines={(lines) => setMark({ by: "pad", lines })}
                locked={busy}
                why={obstacle && why(obstacle)}
                onType={() => setMark({ by: "keyboard", name: "", sure: false })}
              />
            ) : (
              <TypedName
                mark={mark}
                name={who?.name ?? ""}
                onMark={setMark}
                locked={busy}
                why={obstacle && why(obstacle)}
                onSign={sign}
                onPad={() => setMark(EMPTY)}
              />
            )}
            <p class="hint">{underPad(room)}</p>
            <Wrong text={refused && say(refused)} />
            <Button
              look="primary"
              class="xl"
              icon="pen"
              testId="sign"
              blocked={busy ? words.sending : obstacle && why(obstacle)}
              onClick={sign}
            >
              {busy ? words.sending : words.signNow}
            </Button>
          </>
        )}
      </div>
    </section>
  );
}

function signedBy(mark: Mark): { strokes: number[][] } | { typed: string } {
  return mark.by === "pad" ? { strokes: mark.lines.map((line) => [...line]) } : { typed: mark.name };
}

function why(obstacle: Obstacle): string {
  switch (obstacle) {
    case "gone":
      return words.whyGone;
    case "closed":
      return words.whyClosed;
    case "noWitness":
      return words.whyNoWitness;
    case "changed":
      return words.changed;
    case "unread":
      return words.whyUnread;
    case "empty":
      return words.whyEmpty;
    case "otherName":
      return words.whyOtherName;
    case "unsure":
      return words.whyUnsure;
    case "signed":
      return "";
  }
}

function underPad(room: RoomView): string {
  const names = room.witnesses.map((one) => (one.office ? `${one.name} (${one.office})` : one.name));
  const before = words.before(listed(names, lang.value === "id" ? "dan" : "and"));
  return [names.length > 0 && `${before}.`, words.notCertified].filter(Boolean).join(" ");
}

interface AgreedProps {
  read: string | null;
  hash: string;
  onRead: (hash: string | null) => void;
}

/** Agreed to this very text; a text that changed must be agreed to again. */
function Agreed({ read, hash, onRead }: AgreedProps) {
  const changed = read !== null && read !== hash;
  return (
    <>
      {changed && (
        <div class="alert warn" role="alert" data-testid="pact-changed">
          <Icon name="warn" />
          <p class="strong">{words.changed}</p>
        </div>
      )}
      <label class="pick">
        <input
          type="checkbox"
          checked={read === hash}
          data-testid="have-read"
          onChange={(event) => onRead(event.currentTarget.checked ? hash : null)}
        />
        {words.haveRead}
      </label>
    </>
  );
}

interface PadPartProps {
  lines: readonly Line[];
  onLines: (lines: readonly Line[]) => void;
  locked: boolean;
  /** What still keeps the person from signing. */
  why: string | null;
  /** The person uses no pad. */
  onType: () => void;
}

function Pad({ lines, onLines, locked, why: missing, onType }: PadPartProps) {
  const [over, setOver] = useState(false);
  const full = over || isFull(lines);
  const change = (next: readonly Line[]): void => {
    setOver(false);
    onLines(next);
  };
  return (
    <div class="padding">
      <div class="paper">
        <SignaturePad lines={lines} onLines={change} locked={locked} onFull={() => setOver(true)} />
        {lines.length === 0 && <span class="how">{words.padHow}</span>}
      </div>
      <Wrong text={full ? words.padFull : null} />
      <div class="bt">
        <Button
          class="sm"
          icon="undo"
          testId="pad-undo"
          blocked={lines.length === 0 ? words.whyEmpty : null}
          onClick={() => change(lines.slice(0, -1))}
        >
          {words.undoLine}
        </Button>
        <Button
          class="sm"
          icon="bin"
          testId="pad-clear"
          blocked={lines.length === 0 ? words.whyEmpty : null}
          onClick={() => change([])}
        >
          {words.clear}
        </Button>
        <Button class="sm" look="quiet" icon="pen" testId="by-keyboard" onClick={onType}>
          {words.byKeyboard}
        </Button>
        <p class="why" role="status" data-testid="sign-why">
          {missing}
        </p>
      </div>
    </div>
  );
}

function Signed({ seen, at }: { seen: View; at: number }) {
  const { signing } = seen.conference;
  return (
    <div class="signed" role="status">
      <Icon name="check-c" />
      <p class="strong">{words.signedAt(time(at, seen.conference))}</p>
      <p>{words.boardWhole(signing.signed, signing.rooms)}</p>
      <p class="hint">{words.notCertified}</p>
    </div>
  );
}
