import { useRef } from "preact/hooks";
import type { CommandBody } from "../protocol";
import { command, isRefusal, quietCommand, serverNow } from "../store";
import { movedOnBy } from "./deeds";
import { stuck } from "./stuck";

/** Sends a command for a button or key; null does nothing. */
export type Act = (body: CommandBody | null) => void;

/** A hand that strikes twice means it once: the floor rests this long, ms. */
const FLOOR_REST_MS = 800;

/**
 * The same act is not sent again while it is on its way, and the floor is not given twice in
 * one stroke, nor by two desks that strike at once. What is refused stands as a sentence in the notice; a step of the rundown beside the
 * acts that help.
 */
export function useAct(): Act {
  const underway = useRef(new Set<string>());
  const floorAt = useRef(-FLOOR_REST_MS);
  return (body) => {
    if (!body) return;
    const name = JSON.stringify(body);
    if (underway.current.has(name)) return;
    if (body.type === "floor.give" || body.type === "rundown.advance") {
      const now = performance.now();
      if (now - floorAt.current < FLOOR_REST_MS || movedOnBy(serverNow(), FLOOR_REST_MS)) return;
      floorAt.current = now;
    }
    underway.current.add(name);
    const step = body.type === "rundown.advance" ? body : null;
    stuck.value = step ? null : stuck.value;
    (step ? quietCommand(body) : command(body))
      .catch((error: unknown) => {
        if (!isRefusal(error)) throw error;
        if (step) stuck.value = { code: error.code, text: error.text, step };
      })
      .finally(() => underway.current.delete(name));
  };
}
