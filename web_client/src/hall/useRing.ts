/** Two soft notes while a private line rings; none where the others would hear them. */
import { useEffect } from "preact/hooks";
import { audioContext } from "../media/level";
import type { RoomView } from "../protocol";
import { chime } from "../room/chime";
import { ringsHere } from "../talk/lines";
import { lines } from "../talk/state";

const EVERY_MS = 4_000;

/** `main`: this device plays the hall's sound. */
export function useRing(room: RoomView, main: boolean): void {
  const rings = lines.value.some(ringsHere) && main && room.mic !== "on";
  useEffect(() => {
    if (!rings) return;
    sound();
    const timer = setInterval(sound, EVERY_MS);
    return () => clearInterval(timer);
  }, [rings]);
}

function sound(): void {
  if (audioContext().state !== "running") return;
  chime().catch((error: unknown) => console.warn("- the call was not heard:", error));
}
