import { useEffect, useRef, useState } from "preact/hooks";
import { trackOf } from "../capture";
import { Button } from "../components/Button";
import { Icon } from "../components/Icon";
import { Wrong } from "../components/Wrong";
import { time, type Zone } from "../format";
import { say } from "../i18n";
import { common } from "../i18n/common";
import { talk as words } from "../i18n/talk";
import { audioBlocked, resumeAudio } from "../media";
import type { LineText, Text } from "../protocol";
import { clock, isRefusal } from "../store";
import "../styles/talk.css";
import { isElsewhere, type OwnLine, ringsFor, ringsHere } from "./lines";
import { answer, end, lines, putAway, ringAgain, callRoom, starting, write } from "./state";
import { texts } from "./texts";

const LONGEST = 500;

/** All private lines of this page, each as a card that covers nothing one needs. */
export function Lines({ zone }: { zone: Zone }) {
  if (lines.value.length === 0 && !starting.value) return null;
  return (
    <div class="talks">
      {starting.value && lines.value.length === 0 && (
        <p class="talk opening" role="status">
          <Icon name="load" spin /> {words.opening}
        </p>
      )}
      {lines.value.map((own) => (
        <LineCard key={own.line.id} own={own} zone={zone} />
      ))}
    </div>
  );
}

function LineCard({ own, zone }: { own: OwnLine; zone: Zone }) {
  const { line, side } = own;
  const over = line.ended !== null;
  const look = ringsHere(own) ? "talk rings" : own.here ? "talk on" : "talk";
  return (
    <section
      class={look}
      aria-label={titleOf(own)}
      data-testid="private-line"
      data-line={line.id}
      data-side={side}
      data-voice={over ? "ended" : line.voice}
      data-here={own.here || undefined}
    >
      <header>
        <Icon name="phone" />
        <div>
          <h2>{titleOf(own)}</h2>
          <p data-testid="line-state">
            <span role={ringsHere(own) ? "alert" : "status"}>{stateOf(own)}</span>
            {line.voice === "ringing" && <span>, {words.left(ringsFor(line, clock.value))}</span>}
          </p>
        </div>
        {!over && !ringsHere(own) && <HangUp own={own} />}
      </header>
      <Notes own={own} />
      <Said own={own} zone={zone} />
      {!over && <Compose own={own} />}
      <Ends own={own} />
    </section>
  );
}

function titleOf({ line, side, room }: OwnLine): string {
  if (side === "called") return words.withCaller(line.by);
  return words.withRoom(room ? room.title : words.technicians);
}

/** Who is at the other end, as a name. */
function otherOf({ line, side, room }: OwnLine): string {
  return side === "called" ? line.by : line.answered_by || (room ? room.title : words.technicians);
}

function stateOf(own: OwnLine): string {
  const { line, side } = own;
  if (line.ended !== null) return endOf(own);
  switch (line.voice) {
    case "ringing":
      return side === "caller" ? words.calling : words.callsYou(line.by);
    case "on":
      return isElsewhere(own) ? words.onElsewhere(line.answered_by) : words.on;
    case "off":
      return { "": words.off, declined: words.declined, unanswered: words.unanswered, on_air: words.onAir }[line.quiet];
  }
}

function endOf(own: OwnLine): string {
  const { line, side } = own;
  const missed = side === "called" && (line.ended === "unanswered" || line.ended === "declined");
  if (missed) return words.missed(line.by);
  switch (line.ended) {
    case "declined":
      return words.endedDeclined(line.ended_by);
    case "unanswered":
      return words.endedUnanswered;
    case "on_air":
      return words.endedOnAir;
    case "lost":
      return words.endedLost;
    case "left":
      return words.endedLeft;
    case "closed":
      return words.endedClosed;
    default:
      return words.endedHungUp(line.ended_by || otherOf(own));
  }
}

/** What one must know while voices are on. */
function Notes({ own }: { own: OwnLine }) {
  return (
    <>
      {own.here && trackOf("microphone") === null && <p class="amber">{words.hearOnly}</p>}
      {own.side === "called" && !own.line.here && own.line.ended === null && <p class="amber">{words.away}</p>}
      {own.here && audioBlocked.value && (
        <Button icon="vol" look="primary" onClick={resumeAudio} testId="line-sound">
          {common.soundOn}
        </Button>
      )}
    </>
  );
}

function Said({ own, zone }: { own: OwnLine; zone: Zone }) {
  const list = useRef<HTMLOListElement>(null);
  const kept = texts.value[own.line.id] ?? [];
  const lost = (kept[0]?.number ?? own.line.texts + 1) - 1;
  useEffect(() => {
    list.current?.lastElementChild?.scrollIntoView?.({ block: "nearest" });
  }, [kept.length]);
  if (kept.length === 0 && lost === 0) {
    return own.line.ended === null ? <p class="muted">{words.noTexts}</p> : null;
  }
  return (
    <ol class="chat" ref={list} tabIndex={0} aria-label={titleOf(own)} aria-live="polite" data-testid="line-said">
      {lost > 0 && own.line.ended === null && <li class="muted">{words.lostTexts(lost)}</li>}
      {kept.map((one) => (
        <Message key={one.number} one={one} mine={one.side === own.side} zone={zone} />
      ))}
    </ol>
  );
}

function Message({ one, mine, zone }: { one: LineText; mine: boolean; zone: Zone }) {
  return (
    <li class={mine ? "ours" : undefined}>
      <small>
        {mine ? words.mine : one.by}, {time(one.at, zone, false)}
      </small>
      <span>{one.text}</span>
    </li>
  );
}

function Compose({ own }: { own: OwnLine }) {
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Text | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const said = text.trim();
    if (!said || busy) return;
    setBusy(true);
    setRefused(null);
    try {
      await write(own, said);
      setText("");
    } catch (error) {
      if (!isRefusal(error)) throw error;
      setRefused(error.text);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form noValidate onSubmit={submit}>
      <Wrong text={refused && say(refused)} />
      <div class="entry">
        <input
          class={refused ? "input is-bad" : "input"}
          maxLength={LONGEST}
          autocomplete="off"
          aria-label={words.write}
          placeholder={words.write}
          value={text}
          data-testid="line-text"
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={leaveByEscape}
        />
        <button type="submit" class="btn" aria-disabled={busy || undefined} data-testid="line-send">
          {words.send}
        </button>
      </div>
    </form>
  );
}

/** Out of the field alone: what is open beside it stays. */
function leaveByEscape(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  if (event.key !== "Escape") return;
  event.stopPropagation();
  event.currentTarget.blur();
}

/** What answers it or begins it again; keys stand on the buttons. */
function Ends({ own }: { own: OwnLine }) {
  const { line, side, room } = own;
  const busy = starting.value ? words.opening : null;
  if (line.ended !== null) {
    return (
      <div class="bt">
        {side === "caller" && line.ended !== "closed" && (
          <Button icon="phone" blocked={busy} onClick={() => callRoom(room)} testId="line-again">
            {words.again}
          </Button>
        )}
        <Button look="quiet" kbd="Q" onClick={() => putAway(line.id)} testId="line-close">
          {words.close}
        </Button>
      </div>
    );
  }
  if (side === "caller" && line.voice === "off") {
    return (
      <div class="bt">
        <Button icon="phone" blocked={busy} onClick={() => ringAgain(own)} testId="line-ring">
          {words.again}
        </Button>
      </div>
    );
  }
  if (!ringsHere(own)) return null;
  return (
    <div class="bt">
      <Button icon="x" kbd="Q" onClick={() => end(own)} testId="line-decline">
        {words.decline}
      </Button>
      <Button look="primary" icon="phone" kbd="Y" blocked={busy} onClick={() => answer(own)} testId="line-answer">
        {words.answer}
      </Button>
    </div>
  );
}

function HangUp({ own }: { own: OwnLine }) {
  return (
    <Button look="danger" icon="x" kbd="Q" onClick={() => end(own)} testId="line-end">
      {words.hangUp}
    </Button>
  );
}
