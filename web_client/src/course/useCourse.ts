import { useEffect, useRef, useState } from "preact/hooks";
import { isTrouble, json, troubleSaid } from "../http";
import type { ConferenceView, RoomView } from "../protocol";
import { clock } from "../store";
import { figuresOf, type Figures, grown, type Point, pointOf, type Told } from "./course";

export interface Followed {
  points: readonly Point[];
  /** null: the server has not told them. */
  figures: Figures | null;
  /** Why what came before is not there. */
  trouble: string | null;
  loading: boolean;
  again: () => void;
}

/** The room's course: asked for once, then followed as long as it is shown. */
export function useCourse({ id, phase }: ConferenceView, room: RoomView): Followed {
  const now = useRef(room);
  now.current = room;
  const [told, setTold] = useState<Told | null>(null);
  const [points, setPoints] = useState<readonly Point[]>(() => [pointOf(room, clock.peek())]);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let gone = false;
    setTrouble(null);
    fetchCourse(id, room.code).then(
      (found) => {
        if (gone) return;
        setTold(found);
        setPoints(grown(found.rooms[0]?.points ?? [], pointOf(now.current, clock.peek())));
      },
      (error: unknown) => {
        if (!isTrouble(error)) throw error;
        if (!gone) setTrouble(troubleSaid(error));
      },
    );
    return () => {
      gone = true;
    };
  }, [id, phase, room.code, tries]); // its begin is known once the session is live
  useEffect(() => {
    setPoints((before) => grown(before, pointOf(room, clock.peek())));
  }, [room]);
  const course = told?.rooms[0];
  return {
    points,
    figures: told && course ? figuresOf(told, course, points, clock.value) : null,
    trouble,
    loading: told === null && trouble === null,
    again: () => setTries(tries + 1),
  };
}

function fetchCourse(conference: string, room: string): Promise<Told> {
  const query = new URLSearchParams({ room });
  return json<Told>(`conferences/${encodeURIComponent(conference)}/counts.json?${query}`);
}
