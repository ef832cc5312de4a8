// Views for tests: the built-in conference, small.

import type { DeviceView, PrivateLineView, RoomView, View } from "../protocol";

export function device(id: string, changes: Partial<DeviceView> = {}): DeviceView {
  return {
    id,
    kind: "main",
    label: "",
    role: "operator",
    connected: true,
    lost_since: null,
    waiting: false,
    shared: false,
    publishing: true,
    camera: true,
    ...changes,
  };
}

export function room(code: string, changes: Partial<RoomView> = {}): RoomView {
  return {
    code,
    name: `Kabupaten ${code}`,
    title: code,
    short_name: code,
    abbr: code,
    hub: false,
    cap: 12,
    limit: 12,
    limit_reason: "",
    count: 8,
    tally: 8,
    declared: 8,
    checked_in: 0,
    count_state: "ok",
    count_undo: false,
    counted: true,
    estimate: null,
    zones: [],
    alarms: [],
    reduce_asked: false,
    attendance: [],
    expected: [],
    roll: null,
    cues: [],
    help: null,
    line: null,
    signatories: [],
    witnesses: [],
    complete: false,
    presence: "joined",
    lost_since: null,
    publishing: true,
    camera: true,
    mic: "off",
    mic_asked: false,
    mic_lock: false,
    hand: null,
    main: `main of ${code}`,
    devices: [],
    readiness: {
      state: "ready",
      why: { id: "", en: "" },
      tested: null,
      stale: false,
      ticks: [],
      override: "",
    },
    fallback: {
      level: "720p",
      ceiling: "720p",
      tested: false,
      pinned: false,
      by: "",
      trouble: null,
      since: null,
    },
    ...changes,
  };
}

/** A technician calls, at 1 s. */
export function line(changes: Partial<PrivateLineView> = {}): PrivateLineView {
  return {
    id: "line-0001",
    caller: "tech",
    by: "Teknisi",
    role: "technician",
    at: 1_000,
    here: true,
    voice: "ringing",
    rings_until: 31_000,
    answerer: null,
    answered_by: "",
    quiet: "",
    texts: 0,
    ended: null,
    ended_at: null,
    ended_by: "",
    ...changes,
  };
}

export interface ViewChanges {
  conference?: Partial<View["conference"]>;
  rooms?: Record<string, Partial<RoomView>>;
  you?: Partial<View["you"]>;
}

/** Hub `64`, rooms 64.08, 64.11 and 64.02; seen by the operator of 64.02, who has joined. */
export function view(changes: ViewChanges = {}): View {
  const order = ["64.08", "64.11", "64.02"];
  const codes = ["64", ...order];
  return {
    conference: {
      id: "kaltim",
      title: "Deklarasi & Pakta Integritas 2020",
      phase: "live",
      timezone: "Asia/Makassar",
      timezone_label: "WITA",
      starts_at: Date.UTC(2020, 8, 25, 1, 0),
      hub: "64",
      floor: null,
      floor_since: null,
      next: null,
      floor_order: order,
      hands: [],
      mic_lock: false,
      undo_until: null,
      gate: false,
      roles: ["Pasangan calon", "Pendamping", "KPU", "Bawaslu", "TNI / Polri", "Pers"],
      over: "warn",
      beside: null,
      pinned: null,
      black: false,
      presentation: null,
      progress: { current: null, paused_at: null, undo_until: null, runs: [] },
      cues: [],
      announcement: null,
      line: null,
      signing: { open: false, point: 0, signed: 0, rooms: 0 },
      pressure: null,
      drill: null,
      recording: null,
      broadcast: null,
      ...changes.conference,
    },
    rundown: { items: [], version: 0 },
    pact: null,
    rooms: codes.map((code) => {
      const hub: Partial<RoomView> = code === "64" ? { hub: true, fallback: null } : {};
      return room(code, { ...hub, ...changes.rooms?.[code] });
    }),
    you: {
      role: "operator",
      name: "Operator",
      room: "64.02",
      device: device("main of 64.02"),
      resume: "again",
      send: null,
      receive: [],
      may: [],
      ...changes.you,
    },
  };
}
