import { expect, test } from "vitest";
import { taskKey, tasksOf } from "./control/tasks";
import type { RecordingView } from "./protocol";
import { broken, figuresNow, running, size, takeRecording } from "./recording";
import { drawnView } from "../fixture/view";

const recording: RecordingView = {
  id: "r1",
  began: 1_000,
  by: "Rini",
  interrupted_at: null,
  ended_at: null,
  why: null,
  ended_by: "",
  alarms: [],
};

test("it runs until it is ended", () => {
  expect(running({ recording: null })).toBeNull();
  expect(running({ recording })).toBe(recording);
  expect(running({ recording: { ...recording, ended_at: 2_000, why: "stopped" } })).toBeNull();
});

test("only an end that nobody wanted is told, and not for ever", () => {
  const full: RecordingView = { ...recording, ended_at: 2_000, why: "disk_full" };
  expect(broken({ recording: full }, 3_000)).toBe(full);
  expect(broken({ recording: full }, 700_000)).toBeNull();
  expect(broken({ recording: { ...full, why: "stopped" } }, 3_000)).toBeNull();
});

test("figures are those of the recording that runs, and new", () => {
  takeRecording({ type: "recording_figures", id: "r1", bytes: 1, free_bytes: 2, minutes: 3, rooms: [] }, 1_000);
  expect(figuresNow({ recording }, 2_000)?.minutes).toBe(3);
  expect(figuresNow({ recording: { ...recording, id: "r2" } }, 2_000)).toBeNull();
  expect(figuresNow({ recording }, 9_000)).toBeNull();
});

test("sizes are said as disks are sold", () => {
  expect([90_400, 412_400_000, 1_340_000_000].map((bytes) => size(bytes, ","))).toEqual(["90 kB", "412 MB", "1,3 GB"]);
});

test("what is wrong with it is a task: of its room, or of the hub", () => {
  const wrong: RecordingView = {
    ...recording,
    interrupted_at: 5_000,
    alarms: [{ room: "64.02", cause: "sound", since: 6_000 }],
  };
  const view = drawnView();
  const seen = { ...view, conference: { ...view.conference, recording: wrong } };
  const tasks = tasksOf(seen).filter(({ kind }) => kind === "recording");
  expect(tasks.map(taskKey)).toEqual(["recording:64:interrupted", "recording:64.02:sound"]);
});
