import { useState } from "preact/hooks";
import { type SignState, signState } from "../ceremony/board";
import { Button } from "../components/Button";
import { Chip, type ChipTone } from "../components/Chip";
import type { IconName } from "../components/Icon";
import { time, type Zone } from "../format";
import { useGiveBack } from "../hall/giveBack";
import { pactWords as words } from "../i18n/pactboard";
import type { RoomView, SignatoryView } from "../protocol";
import { AddSignatory, DeskWitnesses, RenameSignatory } from "./PactNames";
import type { Striking } from "./PactStrike";

const faces: Record<SignState, { icon: IconName; tone: ChipTone }> = {
  none: { icon: "absent", tone: "plain" },
  unready: { icon: "wait", tone: "warn" },
  ready: { icon: "check-c", tone: "ok" },
  signed: { icon: "pen", tone: "ok" },
};

interface PactRoomProps {
  room: RoomView;
  zone: Zone;
  /** Why nothing can be entered now. */
  blocked: string | null;
  open: boolean;
  onOpen: () => void;
  onStrike: (one: Striking) => void;
}

/** How far a room is with the signing; opened: who signs for it, before whom. */
export function PactRoom({ room, zone, blocked, open, onOpen, onStrike }: PactRoomProps) {
  const state = signState(room);
  const { icon, tone } = faces[state];
  const signed = room.signatories.filter((one) => one.signature !== null).length;
  return (
    <li data-pact-room={room.code} data-sign-state={state}>
      <button type="button" class="row" aria-expanded={open} onClick={onOpen}>
        <span />
        <span class="strong" title={room.name}>
          {room.title}
        </span>
        <Chip icon={icon} tone={tone}>
          {state === "none" ? words.unnamed : words[state]}
        </Chip>
        <span>{room.signatories.length > 0 && `${signed}/${room.signatories.length}`}</span>
      </button>
      {open && (
        <div class="detail">
          {room.signatories.length === 0 && <p class="muted">{words.noSigners}</p>}
          <ul class="signers">
            {room.signatories.map((one) => (
              <Signer key={one.id} one={one} room={room} zone={zone} blocked={blocked} onStrike={onStrike} />
            ))}
          </ul>
          <AddSignatory room={room} blocked={blocked} />
          {room.witnesses.length === 0 && <p class="muted">{words.noWitness}</p>}
          <DeskWitnesses room={room} blocked={blocked} />
        </div>
      )}
    </li>
  );
}

interface SignerProps {
  one: SignatoryView;
  room: RoomView;
  zone: Zone;
  blocked: string | null;
  onStrike: (one: Striking) => void;
}

function Signer({ one, room, zone, blocked, onStrike }: SignerProps) {
  const [editing, setEditing] = useState(false);
  const box = useGiveBack<HTMLLIElement>(editing, "signatory-edit");
  const { signature } = one;
  return (
    <li ref={box} data-signer={one.id}>
      <span class="what">
        <b>{one.name}</b>
        <span class="muted">
          {[one.office, stateSaid(one, zone)].filter(Boolean).join(" · ")}
        </span>
      </span>
      {signature === null ? (
        <Button
          class="sm"
          icon="pen"
          blocked={blocked}
          pressed={editing}
          testId="signatory-edit"
          onClick={() => setEditing(!editing)}
        >
          <span class="vh">{words.rename(one.name)}</span>
        </Button>
      ) : (
        <Button
          class="sm"
          icon="x"
          testId="pact-strike"
          onClick={() => onStrike({ room: room.code, signature, name: one.name })}
        >
          {words.strike}
          <span class="vh">: {one.name}</span>
        </Button>
      )}
      {editing && signature === null && (
        <RenameSignatory room={room} one={one} onClose={() => setEditing(false)} />
      )}
    </li>
  );
}

function stateSaid(one: SignatoryView, zone: Zone): string {
  if (one.signed_at === null) return one.ready ? words.isReady : words.isUnready;
  const at = words.signedAt(time(one.signed_at, zone));
  return one.typed ? `${at}, ${words.byKeyboard}` : at;
}
