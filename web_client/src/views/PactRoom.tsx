import { type SignState, signState } from "../ceremony/board";
import { Button } from "../components/Button";
import { Chip, type ChipTone } from "../components/Chip";
import type { IconName } from "../components/Icon";
import { time, type Zone } from "../format";
import { pactWords as words } from "../i18n/pactboard";
import type { RoomView, SignatoryView } from "../protocol";
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
  open: boolean;
  onOpen: () => void;
  onStrike: (one: Striking) => void;
}

/** How far a room is with the signing; opened: who signs for it, before whom. */
export function PactRoom({ room, zone, open, onOpen, onStrike }: PactRoomProps) {
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
              <Signer key={one.id} one={one} room={room} zone={zone} onStrike={onStrike} />
            ))}
          </ul>
          <p class="muted">
            {room.witnesses.length
              ? words.witnesses(room.witnesses.map((one) => one.name).join(", "))
              : words.noWitness}
          </p>
        </div>
      )}
    </li>
  );
}

interface SignerProps {
  one: SignatoryView;
  room: RoomView;
  zone: Zone;
  onStrike: (one: Striking) => void;
}

function Signer({ one, room, zone, onStrike }: SignerProps) {
  const { signature, signed_at } = one;
  return (
    <li>
      <span class="what">
        <b>{one.name}</b>
        <span class="muted">
          {[one.office, signed_at === null ? (one.ready ? words.isReady : words.isUnready) : words.signedAt(time(signed_at, zone))]
            .filter(Boolean)
            .join(" · ")}
        </span>
      </span>
      {signature !== null && (
        <Button
          class="sm"
          icon="x"
          testId="pact-strike"
          onClick={() => onStrike({ room: room.code, signature, name: one.name })}
        >
          {words.strike}
        </Button>
      )}
    </li>
  );
}
