import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../components/Button";
import { Icon } from "../components/Icon";
import { theme } from "../components/page";
import { common } from "../i18n/common";
import { hall as words } from "../i18n/hall";
import type { PactView, RoomView, View } from "../protocol";
import { Fingerprint, PactDialog } from "./PactText";
import { Signatories } from "./Signatories";
import { Witnesses } from "./Witnesses";

interface PanelProps {
  seen: View;
  room: RoomView;
  pact: PactView;
  onSign: (person: string) => void;
  onClose: () => void;
}

/** Beside the picture of who speaks: who signs for this hall, before whom, and how far it is. */
export function PactPanel({ seen, room, pact, onSign, onClose }: PanelProps) {
  const head = useRef<HTMLHeadingElement>(null);
  const [reading, setReading] = useState(false);
  useEffect(() => head.current?.focus(), []);
  return (
    <section
      class="att-panel pact-panel"
      data-theme={theme.value}
      aria-labelledby="pact-title"
      data-testid="pact-panel"
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
    >
      <header>
        <h2 id="pact-title" ref={head} tabIndex={-1}>
          {words.pact}
        </h2>
        <Button look="quiet" class="sm" kbd="Esc" onClick={onClose} testId="pact-close">
          {common.close}
        </Button>
      </header>
      <div class="scroll">
        <div class="doc">
          <p class="strong">{pact.title}</p>
          <Button class="sm" icon="doc" testId="pact-read" onClick={() => setReading(true)}>
            {words.wholeText}
          </Button>
        </div>
        <Fingerprint hash={pact.hash} />
        <Standing seen={seen} room={room} />
        <Signatories seen={seen} room={room} onSign={onSign} />
        <Witnesses room={room} />
        <p class="hint">{words.notCertified}</p>
      </div>
      {reading && <PactDialog pact={pact} onClose={() => setReading(false)} />}
    </section>
  );
}

function Standing({ seen, room }: { seen: View; room: RoomView }) {
  const { signing } = seen.conference;
  const done = room.complete;
  return (
    <div class={done ? "alert ok" : signing.open ? "alert info" : "alert"} role="status">
      <Icon name={done ? "check-c" : signing.open ? "pen" : "clock"} />
      <div>
        <p class="strong">{done ? words.complete : signing.open ? words.open : words.notOpen}</p>
        {signing.rooms > 0 && <p>{words.boardWhole(signing.signed, signing.rooms)}</p>}
      </div>
    </div>
  );
}
