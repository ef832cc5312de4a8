import { useState } from "preact/hooks";
import { Button } from "../components/Button";
import { Icon } from "../components/Icon";
import { Wrong } from "../components/Wrong";
import { useSend } from "../control/useSend";
import { say } from "../i18n";
import { hall as words } from "../i18n/hall";
import type { RoomView, WitnessView } from "../protocol";
import { useGiveBack } from "./giveBack";
import { NameForm } from "./NameForm";

/** The server takes no more for one room. */
const MOST = 8;

/** Before whom this hall signs. */
export function Witnesses({ room }: { room: RoomView }) {
  const [adding, setAdding] = useState(false);
  const box = useGiveBack<HTMLElement>(adding, "witness-add");
  const { witnesses, code } = room;
  return (
    <section ref={box} class="signers">
      <h3>{words.witnesses}</h3>
      {witnesses.length === 0 && !adding && <p class="muted">{words.noWitness}</p>}
      <ul>
        {witnesses.map((who, n) => (
          <Witness key={`${n} ${who.name}`} room={room} who={who} />
        ))}
      </ul>
      {adding ? (
        <NameForm
          name="witness"
          act={(named) => ({ type: "pact.witnesses", room: code, witnesses: [...witnesses, named] })}
          onClose={() => setAdding(false)}
        />
      ) : (
        witnesses.length < MOST && (
          <Button icon="plus" testId="witness-add" onClick={() => setAdding(true)}>
            {words.addWitness}
          </Button>
        )
      )}
    </section>
  );
}

function Witness({ room, who }: { room: RoomView; who: WitnessView }) {
  const { send, refused } = useSend();
  const others = room.witnesses.filter((one) => one !== who);
  return (
    <li data-witness={who.name}>
      <div class="who">
        <b>{who.name}</b>
        {who.office && <span class="muted">{who.office}</span>}
      </div>
      <div class="bt">
        <button
          type="button"
          class="btn quiet icon"
          aria-label={words.removeOf(who.name)}
          title={words.removeOf(who.name)}
          data-testid="witness-remove"
          onClick={() => void send({ type: "pact.witnesses", room: room.code, witnesses: others })}
        >
          <Icon name="bin" />
        </button>
      </div>
      <Wrong text={refused && say(refused)} />
    </li>
  );
}
