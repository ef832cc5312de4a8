import type { ComponentChildren } from "preact";
import { Button } from "../components/Button";
import { sourcesSaid } from "../components/estimate";
import { Icon, type IconName } from "../components/Icon";
import { type Ask, sameAlarm, topAlarm } from "../control/alarms";
import type { DeskDialog } from "../control/handle";
import { canTakeFloor } from "../control/state";
import { isUrgent, type Task, taskKey, tasksOf } from "../control/tasks";
import type { Act } from "../control/useAct";
import { duration, time } from "../format";
import { ceremony } from "../i18n/ceremony";
import { control } from "../i18n/control";
import { common } from "../i18n/common";
import { broadcast, broadcastCauses, broadcastTasks } from "../i18n/broadcast";
import { causes, ends, recording } from "../i18n/recording";
import { share } from "../i18n/share";
import type { DeviceView, RoomView, View } from "../protocol";
import { clock, view } from "../store";
import { CallButton, TechnicianButton } from "../talk/CallButton";
import { AlarmCard } from "./AlarmCard";

interface EventsProps {
  seen: View;
  act: Act;
  ask: Ask;
  onOpen: (code: string) => void;
  onAsk: (one: DeskDialog) => void;
}

/** Tasks with the buttons that settle them; they go away when the state is settled. */
export function Events({ seen, act, ask, onOpen, onAsk }: EventsProps) {
  const tasks = tasksOf(seen, clock.value);
  const top = topAlarm(seen);
  if (tasks.length === 0) return <p class="none muted">{control.noEvents}</p>;
  return (
    <ul class="ev">
      {tasks.map((task) => (
        <li
          key={taskKey(task)}
          class={isUrgent(task) ? undefined : "quiet"}
          data-task={task.kind}
          data-task-room={task.room.code}
          data-alarm={task.kind === "alarm" ? task.alarm.kind : undefined}
        >
          {task.kind === "alarm" ? (
            <AlarmCard one={task} seen={seen} act={act} ask={ask} keyed={sameAlarm(top, task)} onOpen={onOpen} />
          ) : (
            <>
              <Head task={task} seen={seen} />
              <p class="muted">{detail(task)}</p>
              <div class="bt">
                <Buttons
                  task={task}
                  seen={seen}
                  last={seen.conference.hands.length}
                  act={act}
                  ask={ask}
                  onOpen={onOpen}
                  onAsk={onAsk}
                />
              </div>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

/** An alarm has a card of its own. */
type Plain = Exclude<Task, { kind: "alarm" }>;

const icons: Record<Plain["kind"], IconName> = {
  waiting: "enter",
  help: "phone",
  over: "warn",
  lost: "lost",
  offer: "device",
  hand: "hand",
  full: "people",
  asked: "mic",
  recording: "rec",
  broadcast: "public",
};

const tones: Record<Plain["kind"], string> = {
  waiting: "amber",
  help: "red",
  over: "red",
  lost: "red",
  offer: "",
  hand: "",
  full: "",
  asked: "",
  recording: "red",
  broadcast: "red",
};

function Head({ task, seen }: { task: Plain; seen: View }) {
  const since = sinceOf(task);
  return (
    <p class={`hd ${tones[task.kind]}`}>
      <Icon name={icons[task.kind]} />
      <span>{title(task)}</span>
      {since !== null && <time>{time(since, seen.conference)}</time>}
    </p>
  );
}

function sinceOf(task: Plain): number | null {
  if (task.kind === "lost" || task.kind === "recording" || task.kind === "broadcast") return task.since;
  return task.kind === "help" ? task.help.at : null;
}

function title(task: Plain): string {
  const { room } = task;
  switch (task.kind) {
    case "waiting":
      return control.taskWaiting(room.title, deviceName(task.device));
    case "help":
      return ceremony.helpTask(room.title);
    case "over":
      return control.taskOver(room.title, room.count ?? 0, room.cap);
    case "lost":
      return control.taskLost(room.title, duration(clock.value - (task.since ?? clock.value)));
    case "offer":
      return (task.device.kind === "document" ? share.taskDocument : share.taskScreen)(room.title);
    case "hand":
      return control.taskHand(room.title);
    case "full":
      return control.taskFull(room.title, room.count ?? room.cap, room.cap);
    case "asked":
      return control.taskAsked(room.title);
    case "recording":
      if (task.cause === "broken") return recording.taskBroken;
      return task.cause === "interrupted" ? recording.taskInterrupted : recording.task(room.title);
    case "broadcast":
      return broadcastTasks[task.cause];
  }
}

function detail(task: Plain): string {
  switch (task.kind) {
    case "waiting":
      return control.taskWaitingWhy;
    case "help":
      return task.help.text || ceremony.helpWhy;
    case "over":
      return sourcesSaid(task.room);
    case "lost":
      return control.taskLostWhy;
    case "offer":
      return share.taskWhy;
    case "hand":
      return control.taskHandWhy(task.place);
    case "full":
      return control.taskFullWhy;
    case "asked":
      return control.taskAskedWhy;
    case "recording":
      if (task.cause === "interrupted") return recording.interrupted;
      if (task.cause === "broken") return ends[view.value?.conference.recording?.why ?? "write_failed"];
      return causes[task.cause];
    case "broadcast":
      return broadcastCauses[task.cause];
  }
}

/** What a person calls the device: its label, else its kind. */
export function deviceName(device: DeviceView): string {
  return device.label || common[device.kind];
}

interface ButtonsProps {
  task: Plain;
  seen: View;
  /** Hands in the queue. */
  last: number;
  act: Act;
  ask: Ask;
  onOpen: (code: string) => void;
  onAsk: (one: DeskDialog) => void;
}

function Buttons({ task, seen, last, act, ask, onOpen, onAsk }: ButtonsProps): ComponentChildren {
  const { room } = task;
  const see = <Button onClick={() => onOpen(room.code)}>{control.seeRoom}</Button>;
  switch (task.kind) {
    case "waiting":
      return (
        <>
          <Button icon="check" onClick={() => act({ type: "device.admit", device: task.device.id })}>
            {control.admit}
          </Button>
          <Button
            look="danger"
            icon="x"
            onClick={() => act({ type: "device.remove", device: task.device.id })}
          >
            {control.reject}
          </Button>
        </>
      );
    case "help":
      return (
        <>
          <Button
            icon="check"
            testId="help-done"
            onClick={() => act({ type: "help.answer", room: room.code })}
          >
            {ceremony.helpDone}
          </Button>
          <CallButton seen={seen} room={room} testId="help-line" />
          {see}
        </>
      );
    case "over":
    case "full":
      return <Button onClick={() => ask({ what: "allow", code: room.code })}>{control.allowMore}</Button>;
    case "lost":
      return (
        <>
          <TechnicianButton seen={seen} />
          {see}
        </>
      );
    case "offer":
      return (
        <Button
          icon="device"
          testId="offer-show"
          onClick={() => act({ type: "presentation.show", device: task.device.id })}
        >
          {share.show}
        </Button>
      );
    case "hand":
      return <HandButtons room={room} place={task.place} last={last} act={act} />;
    case "asked":
      return see;
    case "recording":
      if (task.cause !== "broken" && task.cause !== "interrupted") return see;
      return (
        <Button icon="rec" testId="recording-see" onClick={() => onAsk("recording")}>
          {recording.see}
        </Button>
      );
    case "broadcast":
      return (
        <Button icon="public" testId="broadcast-see" onClick={() => onAsk("broadcast")}>
          {broadcast.see}
        </Button>
      );
  }
}

interface HandButtonsProps {
  room: RoomView;
  place: number;
  last: number;
  act: Act;
}

function HandButtons({ room, place, last, act }: HandButtonsProps) {
  const move = (to: number): void => act({ type: "hand.move", room: room.code, place: to });
  return (
    <>
      <Button
        icon="public"
        blocked={canTakeFloor(room) ? null : control.notHere}
        onClick={() => act({ type: "floor.give", room: room.code })}
      >
        {control.giveFloor}
      </Button>
      <Button look="quiet" onClick={() => act({ type: "hand.lower", room: room.code })}>
        {control.lowerHand}
      </Button>
      {place > 1 && (
        <Button look="quiet" icon="up" testId="hand-up" title={ceremony.handUp} onClick={() => move(place - 1)}>
          <span class="vh">{ceremony.handUp}</span>
        </Button>
      )}
      {place < last && (
        <Button look="quiet" icon="down" testId="hand-down" title={ceremony.handDown} onClick={() => move(place + 1)}>
          <span class="vh">{ceremony.handDown}</span>
        </Button>
      )}
    </>
  );
}
