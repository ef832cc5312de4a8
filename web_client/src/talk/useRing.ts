/** Two soft notes while a private line rings here. */
import { useEffect } from "preact/hooks";
import { audioContext } from "../media/level";
import { chime } from "../room/chime";
import { ringsHere } from "./lines";
import { lines } from "./state";

const EVERY_MS = 4_000;

/** `able`: nobody but who is called would hear it. */
export function useRing(able: boolean): void {
  const rings = able && lines.value.some(ringsHere);
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
