import { time } from "../format";
import { pactWords as words } from "../i18n/pactboard";
import type { View } from "../protocol";

/** Signatures that were struck out: they stay in the record, with the reason. */
export function PactStruck({ seen }: { seen: View }) {
  const struck = seen.pact?.struck ?? [];
  if (struck.length === 0) return null;
  const hallOf = (code: string): string => seen.rooms.find((room) => room.code === code)?.title ?? code;
  return (
    <section data-testid="pact-struck">
      <h3>{words.struck(struck.length)}</h3>
      <ul class="struck">
        {struck.map((one) => (
          <li key={one.signature} data-struck={one.signature}>
            <p>
              <s>
                <b>{one.name}</b>
              </s>
              {one.office && <span class="muted"> · {one.office}</span>}
              <span class="muted"> · {hallOf(one.room)}</span>
            </p>
            <p class="muted">
              {words.struckBy(one.by, time(one.at, seen.conference), time(one.signed_at, seen.conference))}
            </p>
            <p>{words.struckWhy(one.reason)}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
