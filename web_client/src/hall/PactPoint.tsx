import { useState } from "preact/hooks";
import { Button } from "../components/Button";
import { hall as words } from "../i18n/hall";
import type { View } from "../protocol";
import { sizeOf } from "./cues";
import { PactDialog } from "./PactText";

/** The point that is read now, to be read along from the hall's last row. */
export function PactPoint({ seen }: { seen: View }) {
  const [whole, setWhole] = useState(false);
  const { point } = seen.conference.signing;
  const text = seen.pact?.points[point - 1];
  return (
    <>
      <section
        class={text ? "point" : "vh"}
        aria-label={words.pact}
        aria-live="polite"
        data-theme="dark"
        data-testid="point"
        data-point={text ? point : 0}
      >
        {text && seen.pact && (
          <>
            <header>
              <b>{words.point(point, seen.pact.points.length)}</b>
              <Button class="sm" look="quiet" icon="doc" testId="point-whole" onClick={() => setWhole(true)}>
                {words.wholeText}
              </Button>
            </header>
            <p class={`words ${sizeOf(text)}`}>{text}</p>
          </>
        )}
      </section>
      {whole && seen.pact && <PactDialog pact={seen.pact} onClose={() => setWhole(false)} />}
    </>
  );
}
