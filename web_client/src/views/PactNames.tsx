import { useState } from "preact/hooks";
import { newPersonId } from "../attendance/list";
import { Button } from "../components/Button";
import { Wrong } from "../components/Wrong";
import { useSend } from "../control/useSend";
import { useGiveBack } from "../hall/giveBack";
import { NameForm } from "../hall/NameForm";
import { naming } from "../hall/Signatories";
import { say } from "../i18n";
import { hall } from "../i18n/hall";
import type { CommandBody, RoomView, SignatoryView, WitnessView } from "../protocol";

/** The server takes no more of either for one room. */
const MOST = 8;

interface NamesProps {
  room: RoomView;
  /** Why nothing can be entered now. */
  blocked: string | null;
}

/** A moderator enters who signs for a room, as its operator does. */
export function AddSignatory({ room, blocked }: NamesProps) {
  return (
    <Adding
      name="signatory"
      label={hall.addSignatory}
      blocked={blocked ?? full(room.signatories)}
      act={(named) => naming(room.code, newPersonId(), named, false)}
    />
  );
}

/** Before whom a room signs: named one by one, removed by a button. */
export function DeskWitnesses({ room, blocked }: NamesProps) {
  const { witnesses, code } = room;
  return (
    <>
      <ul class="signers">
        {witnesses.map((one, n) => (
          <Witness key={`${n} ${one.name}`} room={room} one={one} blocked={blocked} />
        ))}
      </ul>
      <Adding
        name="witness"
        label={hall.addWitness}
        blocked={blocked ?? full(witnesses)}
        act={(named) => ({ type: "pact.witnesses", room: code, witnesses: [...witnesses, named] })}
      />
    </>
  );
}

function full(names: readonly unknown[]): string | null {
  return names.length < MOST ? null : hall.namesFull(MOST);
}

interface AddingProps {
  name: string;
  label: string;
  blocked: string | null;
  act: (named: WitnessView) => CommandBody;
}

function Adding({ name, label, blocked, act }: AddingProps) {
  const [adding, setAdding] = useState(false);
  const box = useGiveBack<HTMLDivElement>(adding, `${name}-add`);
  return (
    <div ref={box} class="bt">
      {adding ? (
        <NameForm name={name} act={act} onClose={() => setAdding(false)} />
      ) : (
        <Button
          class="sm"
          icon="plus"
          blocked={blocked}
          testId={`${name}-add`}
          onClick={() => setAdding(true)}
        >
          {label}
        </Button>
      )}
    </div>
  );
}

interface WitnessProps extends NamesProps {
  one: WitnessView;
}

function Witness({ room, one, blocked }: WitnessProps) {
  const { send, refused } = useSend();
  const witnesses = room.witnesses.filter((other) => other !== one);
  return (
    <li data-witness={one.name}>
      <span class="what">
        <b>{one.name}</b>
        <span class="muted">{[hall.witness, one.office].filter(Boolean).join(" · ")}</span>
      </span>
      <Button
        class="sm"
        icon="bin"
        blocked={blocked}
        testId="witness-remove"
        onClick={() => void send({ type: "pact.witnesses", room: room.code, witnesses })}
      >
        <span class="vh">{hall.removeOf(one.name)}</span>
      </Button>
      <Wrong text={refused && say(refused)} />
    </li>
  );
}

interface RenameProps {
  room: RoomView;
  one: SignatoryView;
  onClose: () => void;
}

/** Corrects a name before its signing, or takes it from the list. */
export function RenameSignatory({ room, one, onClose }: RenameProps) {
  return (
    <NameForm
      name="signatory"
      first={one}
      act={(named) => naming(room.code, one.id, named, one.ready)}
      remove={{ type: "pact.unname", room: room.code, person: one.id }}
      onClose={onClose}
    />
  );
}
