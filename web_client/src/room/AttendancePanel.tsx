import { useEffect, useRef } from "preact/hooks";
import { AttendanceList } from "../attendance/AttendanceList";
import { Door } from "../attendance/Door";
import { Button } from "../components/Button";
import { theme } from "../components/page";
import { attendance as words } from "../i18n/attendance";
import { common } from "../i18n/common";
import type { RoomView, View } from "../protocol";

interface PanelProps {
  seen: View;
  room: RoomView;
  onClose: () => void;
}

/** Beside the picture of who speaks, in the place of the other halls: the session goes on. */
export function AttendancePanel({ seen, room, onClose }: PanelProps) {
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => head.current?.focus(), []);
  return (
    <section
      class="att-panel"
      data-theme={theme.value}
      aria-labelledby="att-title"
      data-testid="attendance-panel"
      onKeyDown={(event) => {
        const within = event.target instanceof Element && event.target.closest("dialog");
        if (event.key === "Escape" && !within) onClose();
      }}
    >
      <header>
        <h2 id="att-title" ref={head} tabIndex={-1}>
          {words.title}
        </h2>
        <Button look="quiet" class="sm" kbd="Esc" onClick={onClose} testId="attendance-close">
          {common.close}
        </Button>
      </header>
      <div class="scroll">
        <AttendanceList room={room} seen={seen} />
        <Door room={room} seen={seen} />
      </div>
    </section>
  );
}
