import { useState } from "preact/hooks";
import { isSigned } from "../ceremony/board";
import { Button } from "../components/Button";
import { Icon } from "../components/Icon";
import { isOpen, wall } from "../control/state";
import type { Act } from "../control/useAct";
import { control } from "../i18n/control";
import { documents } from "../i18n/documents";
import { pactWords as words } from "../i18n/pactboard";
import type { PactView, View } from "../protocol";
import { PactEdit } from "./PactEdit";
import { PactRoom } from "./PactRoom";
import { PactStrike, type Striking } from "./PactStrike";
import { PactStruck } from "./PactStruck";

interface PactProps {
  seen: View;
  act: Act;
  /** Shows where the signed pact is downloaded. */
  onDocuments: () => void;
}

/** The pact: its points, shown one by one; the signing, and how far each room is with it. */
export function PactBoard({ seen, act, onDocuments }: PactProps) {
  const [editing, setEditing] = useState(false);
  const [striking, setStriking] = useState<Striking | null>(null);
  const blocked = isOpen(seen.conference.phase) ? null : control.notOpen;
  const edit = (): void => setEditing(true);
  const signing = (
    <Signing
      key="signing"
      seen={seen}
      act={act}
      blocked={blocked}
      onStrike={setStriking}
      onDocuments={onDocuments}
    />
  );
  const text = seen.pact && (
    <Document key="text" pact={seen.pact} seen={seen} act={act} blocked={blocked} onEdit={edit} />
  );
  return (
    <div class="pact">
      {text ? (
        // what is needed now stands first: the text is read before it is signed
        seen.conference.signing.open ? [signing, text] : [text, signing]
      ) : (
        <div class="none">
          <p class="strong">{words.none}</p>
          <p class="muted">{words.noneWhy}</p>
          <Button icon="pen" testId="pact-write" blocked={blocked} onClick={edit}>
            {words.write}
          </Button>
        </div>
      )}
      <PactStruck seen={seen} />
      {editing && <PactEdit seen={seen} onClose={() => setEditing(false)} />}
      {striking && <PactStrike striking={striking} onClose={() => setStriking(null)} />}
    </div>
  );
}

interface SigningProps extends PactProps {
  blocked: string | null;
  onStrike: (one: Striking) => void;
}

function Signing({ seen, act, blocked, onStrike, onDocuments }: SigningProps) {
  const { open, signed, rooms } = seen.conference.signing;
  const [opened, setOpened] = useState<string | null>(null);
  return (
    <section>
      <p class="hd">
        <b class="strong" data-testid="pact-board">
          {rooms ? words.board(signed, rooms) : words.boardNone}
        </b>
      </p>
      <p class={open ? "green" : "muted"}>
        <Icon name={open ? "pen" : "lock"} /> {open ? words.isOpen : words.isClosed}
      </p>
      <div class="bt">
        <Button
          icon={open ? "lock" : "pen"}
          testId="pact-open"
          pressed={open}
          blocked={blocked}
          onClick={() => act({ type: "pact.open", on: !open })}
        >
          {open ? words.closeSigning : words.openSigning}
        </Button>
        <Button icon="save" testId="pact-documents" onClick={onDocuments}>
          {documents.pact}
        </Button>
      </div>
      <ol class="ab">
        {wall(seen.rooms).map((room) => (
          <PactRoom
            key={room.code}
            room={room}
            zone={seen.conference}
            blocked={blocked}
            open={opened === room.code}
            onOpen={() => setOpened(opened === room.code ? null : room.code)}
            onStrike={onStrike}
          />
        ))}
      </ol>
    </section>
  );
}

interface DocumentProps extends Omit<PactProps, "onDocuments"> {
  pact: PactView;
  blocked: string | null;
  onEdit: () => void;
}

function Document({ pact, seen, act, blocked, onEdit }: DocumentProps) {
  const { point } = seen.conference.signing;
  return (
    <section data-testid="pact-document">
      <h3>{pact.title}</h3>
      {pact.preamble && <p class="muted">{pact.preamble}</p>}
      <ol class="points">
        {pact.points.map((text, i) => {
          const n = i + 1;
          const shown = point === n;
          return (
            <li key={n} class={shown ? "now" : undefined} aria-current={shown ? "step" : undefined}>
              <p>
                <span class="n">{n}.</span> {text}
              </p>
              <div class="bt">
                <Button
                  class="sm"
                  icon={shown ? "x" : "device"}
                  pressed={shown}
                  blocked={blocked}
                  testId={`point-${n}`}
                  onClick={() => act({ type: "pact.show", point: shown ? 0 : n })}
                >
                  {shown ? words.hidePoint(n) : words.showPoint(n)}
                </Button>
                {shown && <span class="chip air">{words.shown}</span>}
              </div>
            </li>
          );
        })}
      </ol>
      {pact.closing && <p class="muted">{pact.closing}</p>}
      <div class="bt">
        <Button
          icon="pen"
          testId="pact-edit"
          blocked={blocked ?? (isSigned(seen) ? words.editSigned : null)}
          onClick={onEdit}
        >
          {words.edit}
        </Button>
      </div>
    </section>
  );
}
