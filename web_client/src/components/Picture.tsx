import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

/**
 * live: as it comes. still: sound only, the last picture drained. lost: the last picture, grey.
 * void: nobody there; the children say so.
 */
export type PictureState = "live" | "still" | "lost" | "void";

interface PictureProps {
  stream: MediaStream | null;
  state: PictureState;
  /** Shown whole, with bars, instead of filling the frame. */
  whole?: boolean;
  /** One's own picture, as in a mirror. */
  mirrored?: boolean;
  class?: string;
  /** Plates over the picture, or what stands in the void. */
  children?: ComponentChildren;
}

/**
 * A picture of a room. Sound is played elsewhere, so the element is always muted and may
 * start by itself. When the connection behind it is rebuilt, the last picture stays until
 * the first new frame: a room never turns black in between.
 */
export function Picture(props: PictureProps) {
  const { stream, state } = props;
  const video = useRef<HTMLVideoElement>(null);
  const last = useRef<HTMLCanvasElement>(null);
  const [held, setHeld] = useState(false);

  // Elements that are gone keep their decoder and their picture until memory is collected.
  useLayoutEffect(() => {
    const [screen, canvas] = [video.current, last.current];
    return () => {
      if (screen) screen.srcObject = null;
      empty(canvas);
    };
  }, [state === "void"]);

  useLayoutEffect(() => {
    if (!held) empty(last.current);
  }, [held]);

  useLayoutEffect(() => {
    const screen = video.current;
    if (!screen || screen.srcObject === stream) return;
    setHeld(keepLast(screen, last.current));
    screen.srcObject = stream;
    if (stream) start(screen);
  }, [stream, state === "void"]);

  // A room that left takes its picture along.
  useEffect(() => {
    if (state === "void") setHeld(false);
  }, [state]);

  const look = ["pic", state, props.whole && "whole", props.mirrored && "mirrored", props.class];
  return (
    <span class={look.filter(Boolean).join(" ")}>
      {state !== "void" && (
        <video ref={video} muted playsInline aria-hidden="true" onLoadedData={() => setHeld(false)} />
      )}
      <canvas ref={last} hidden={!held || state === "void"} aria-hidden="true" />
      {props.children}
    </span>
  );
}

/** Copies the present picture; false when there is none. */
function keepLast(screen: HTMLVideoElement, canvas: HTMLCanvasElement | null): boolean {
  const { videoWidth: width, videoHeight: height } = screen;
  if (!canvas || width === 0 || screen.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) {
    return canvas !== null && !canvas.hidden;
  }
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")?.drawImage(screen, 0, 0, width, height);
  return true;
}

function empty(canvas: HTMLCanvasElement | null): void {
  if (canvas) canvas.width = canvas.height = 0;
}

function start(screen: HTMLVideoElement): void {
  screen.play().catch((error: DOMException) => {
    // AbortError: the next stream came before this one had begun, or the page is closing.
    if (error.name !== "AbortError") console.warn("- picture did not start:", error.name);
  });
}
