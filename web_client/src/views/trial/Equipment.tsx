import { equipment, trial } from "../../i18n/trial";
import type { EquipmentItem, RoomView, View } from "../../protocol";
import { clock } from "../../store";
import { lowerFirst } from "../../trial/board";
import { checkEquipment } from "../../trial/state";
import { whenWords } from "./words";

const ITEMS: EquipmentItem[] = [
  "camera",
  "microphone",
  "speakers",
  "display",
  "backup_power",
  "backup_line",
  "contact",
];

/** What the hall must have, ticked by a person; who and when stands beside it. */
export function Equipment({ room, seen }: { room: RoomView; seen: View }) {
  const ticks = new Map(room.readiness.ticks.map((tick) => [tick.item, tick]));
  return (
    <section class="equipment">
      <p class="hint">{trial.equipmentHow}</p>
      <ul>
        {ITEMS.map((item) => {
          const tick = ticks.get(item);
          return (
            <li key={item}>
              <label>
                <input
                  type="checkbox"
                  checked={tick !== undefined}
                  data-item={item}
                  onChange={(event) => checkEquipment(room.code, item, event.currentTarget.checked)}
                />
                <span>
                  {equipment[item]}
                  <small>
                    {tick
                      ? trial.tickedBy(tick.by, lowerFirst(whenWords(tick.at, clock.value, seen.conference)))
                      : trial.notTicked}
                  </small>
                </span>
              </label>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
