import { useState } from "preact/hooks";
import { newPersonId } from "../attendance/list";
import { Button } from "../components/Button";
import { Icon } from "../components/Icon";
import { Wrong } from "../components/Wrong";
import { useSend } from "../control/useSend";
import { time } from "../format";
import { say } from "../i18n";
import { hall as words } from "../i18n/hall";
import type { CommandBody, RoomView, SignatoryView, View } from "../protocol";
import { useGiveBack } from "./giveBack";
import { type Named, NameForm } from "./NameForm";

/** The server takes no more for one room. */
const MOST = 8;

interface SignatoriesProps {
  seen: View;
  room: RoomView;
  onSign: (person: string) => void;
}

/** Who signs for this hall, each with what has become of it. */
export function Signatories({ seen, room, onSign }: SignatoriesProps) {
  const [adding, setAdding] = useState(false);
  const box = useGiveBack<HTMLElement>(adding, "signatory-add");
  return (
    <section ref={box} class="signers">
      <h3>{words.signatories}</h3>
      {room.signatories.length === 0 && !adding && <p class="muted">{words.nobody}</p>}
      <ul>
        {room.signatories.map((who) => (
          <Signatory key={who.id} seen={seen} room={room.code} who={who} onSign={onSign} />
        ))}
      </ul>
      {adding ? (
        <NameForm
          name="signatory"
          act={(named) => naming(room.code, newPersonId(), named, false)}
          onClose={() => setAdding(false)}
        />
      ) : (
        room.signatories.length < MOST && (
          <Button icon="plus" testId="signatory-add" onClick={() => setAdding(true)}>
            {words.addSignatory}
          </Button>
        )
      )}
    </section>
  );
}

/** Enters who signs for a room, or corrects one of them. */
export function naming(room: string, person: string, { name, office }: Named, ready: boolean): CommandBody {
  return { type: "pact.name", room, person, name, office, ready };
}

interface SignatoryProps {
  seen: View;
  room: string;
  who: SignatoryView;
  onSign: (person: string) => void;
}

function Signatory({ seen, room, who, onSign }: SignatoryProps) {
  const [editing, setEditing] = useState(false);
  const box = useGiveBack<HTMLLIElement>(editing, "signatory-edit");
  const { send, refused } = useSend();
  const signed = who.signature !== null;
  return (
    <li ref={box} data-signatory={who.id} data-signed={signed}>
      <div class="who">
        <b>{who.name}</b>
        {who.office && <span class="muted">{who.office}</span>}
        {signed && (
          <span class="green">
            <Icon name="check-c" /> {words.signedAt(time(who.signed_at ?? 0, seen.conference))}
            {who.typed && `, ${words.typedShort}`}
          </span>
        )}
      </div>
      {!signed && (
        <div class="bt">
          <button
            type="button"
            class="btn quiet icon"
            aria-label={words.editOf(who.name)}
            title={words.editOf(who.name)}
            aria-expanded={editing}
            data-testid="signatory-edit"
            onClick={() => setEditing(!editing)}
          >
            <Icon name="pen" />
          </button>
          <button
            type="button"
            class={who.ready ? "btn sm ready" : "btn sm"}
            aria-pressed={who.ready}
            aria-label={words.readyOf(who.name)}
            data-testid="signatory-ready"
            onClick={() => void send(naming(room, who.id, who, !who.ready))}
          >
            {who.ready && <Icon name="check" />}
            {words.ready}
          </button>
          <Button
            class="sm"
            look={seen.conference.signing.open ? "primary" : "plain"}
            title={words.signOf(who.name)}
            testId="signatory-sign"
            onClick={() => onSign(who.id)}
          >
            {words.sign}
            <span class="vh">: {who.name}</span>
          </Button>
        </div>
      )}
      <Wrong text={refused && say(refused)} />
      {editing && !signed && (
        <NameForm
          name="signatory"
          first={who}
          act={(named) => naming(room, who.id, named, who.ready)}
          remove={{ type: "pact.unname", room, person: who.id }}
          onClose={() => setEditing(false)}
        />
      )}
    </li>
  );
}
