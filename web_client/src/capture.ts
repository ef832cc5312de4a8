// The camera and the microphone of this device, and why one is missing.

import { signal } from "@preact/signals";

export type CaptureProblem = "denied" | "missing" | "busy" | "insecure" | "failed";
export type CaptureKind = "camera" | "microphone";

/** Camera and microphone; null while nothing is open. */
export const local = signal<MediaStream | null>(null);
/** Why there is no camera or microphone; null: there is one, or nobody has asked. */
export const problems = signal<Record<CaptureKind, CaptureProblem | null>>({
  camera: null,
  microphone: null,
});
/** What could be chosen. Names are empty until the person has allowed it. */
export const inputs = signal<Record<CaptureKind, MediaDeviceInfo[]>>({ camera: [], microphone: [] });
/** The own picture is sent. */
export const cameraOn = signal(true);
export const capturing = signal(false);

const CHOICE = "vicon.input.";
const INPUTS: Record<CaptureKind, MediaDeviceKind> = { camera: "videoinput", microphone: "audioinput" };

/** Opens what there is. Never rejects: what failed stands in `problems`. */
export async function openCapture(): Promise<void> {
  if (!local.value) await reopen();
}

/** The microphone alone, for a page that only talks. Never rejects: what failed stands in `problems`. */
export async function openMicrophone(): Promise<void> {
  if (trackOf("microphone") || capturing.value) return;
  capturing.value = true;
  try {
    const found = navigator.mediaDevices ? await tryOpen(["microphone"]) : "insecure";
    take(found instanceof MediaStream ? [found] : []);
    problems.value = { ...problems.value, microphone: problemOf(found) };
  } finally {
    capturing.value = false;
  }
}

/** `local` goes straight from the old stream to the new one: who sends it goes on sending. */
async function reopen(): Promise<void> {
  if (capturing.value) return;
  capturing.value = true;
  try {
    stopTracks();
    await openAll();
  } finally {
    capturing.value = false;
  }
  await lookForInputs();
}

export function closeCapture(): void {
  stopTracks();
  local.value = null;
}

/** By our own hand: no `ended` event comes. */
function stopTracks(): void {
  for (const track of local.value?.getTracks() ?? []) track.stop();
}

/** Another camera or microphone; kept for the next visit. */
export async function chooseInput(kind: CaptureKind, id: string): Promise<void> {
  localStorage.setItem(CHOICE + kind, id);
  await reopen();
}

/** The name of the open camera or microphone. */
export function inputName(kind: CaptureKind): string {
  return trackOf(kind)?.label ?? "";
}

export function trackOf(kind: CaptureKind): MediaStreamTrack | null {
  const stream = local.value;
  const tracks = kind === "camera" ? stream?.getVideoTracks() : stream?.getAudioTracks();
  return tracks?.[0] ?? null;
}

/** Follows cables that are plugged in and out. */
export function watchInputs(): void {
  navigator.mediaDevices?.addEventListener("devicechange", () => {
    lookForInputs().then(reopenMissing).catch(report);
  });
}

function report(error: unknown): void {
  console.warn("- inputs:", error);
}

async function lookForInputs(): Promise<void> {
  const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  const of = (kind: CaptureKind): MediaDeviceInfo[] => all.filter((one) => one.kind === INPUTS[kind]);
  inputs.value = { camera: of("camera"), microphone: of("microphone") };
}

async function reopenMissing(): Promise<void> {
  const { camera, microphone } = problems.value;
  const missing = (kind: CaptureKind, problem: CaptureProblem | null): boolean =>
    problem === "missing" && inputs.value[kind].length > 0;
  if (missing("camera", camera) || missing("microphone", microphone)) await reopen();
}

async function openAll(): Promise<void> {
  if (!navigator.mediaDevices) {
    take([]);
    problems.value = { camera: "insecure", microphone: "insecure" };
    return;
  }
  const both = await tryOpen(["camera", "microphone"]);
  if (both instanceof MediaStream) {
    take([both]);
    problems.value = { camera: null, microphone: null };
    return;
  }
  await openApart(both);
}

/** One of the two is missing or refused: each alone, but ask a person only once more. */
async function openApart(first: CaptureProblem): Promise<void> {
  const microphone = await tryOpen(["microphone"]);
  const refused = first === "denied" && microphone === "denied";
  const camera = refused ? "denied" : await tryOpen(["camera"]);
  const opened = [microphone, camera].filter((one) => one instanceof MediaStream);
  take(opened);
  problems.value = { camera: problemOf(camera), microphone: problemOf(microphone) };
}

function problemOf(outcome: MediaStream | CaptureProblem): CaptureProblem | null {
  return outcome instanceof MediaStream ? null : outcome;
}

function take(opened: MediaStream[]): void {
  const tracks = opened.flatMap((stream) => stream.getTracks());
  for (const track of tracks) track.addEventListener("ended", () => ended(track));
  local.value = tracks.length > 0 ? new MediaStream(tracks) : null;
}

/** The cable was pulled, or the permission taken back. */
function ended(track: MediaStreamTrack): void {
  const rest = local.value?.getTracks().filter((one) => one !== track) ?? [];
  local.value = rest.length > 0 ? new MediaStream(rest) : null;
  const kind: CaptureKind = track.kind === "video" ? "camera" : "microphone";
  problems.value = { ...problems.value, [kind]: "missing" };
}

async function tryOpen(kinds: CaptureKind[]): Promise<MediaStream | CaptureProblem> {
  try {
    return await navigator.mediaDevices.getUserMedia({
      video: kinds.includes("camera") && {
        ...chosen("camera"),
        width: { ideal: 1280 },
        height: { ideal: 720 },
        frameRate: { ideal: 30, max: 30 },
      },
      audio: kinds.includes("microphone") && {
        ...chosen("microphone"),
        echoCancellation: true,
        noiseSuppression: true,
        autoGainControl: true,
      },
    });
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    console.info("- capture:", kinds.join("+"), error.name);
    return problemFor(error.name);
  }
}

function chosen(kind: CaptureKind): { deviceId?: { ideal: string } } {
  const id = localStorage.getItem(CHOICE + kind);
  return id ? { deviceId: { ideal: id } } : {};
}

/** W3C Media Capture and Streams, 10.2 (getUserMedia) names the errors. */
export function problemFor(name: string): CaptureProblem {
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    default:
      return "failed";
  }
}
