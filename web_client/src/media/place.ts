// One of a device's connections: what it is now, and when it may be made again.

import { localNow } from "../store";
import type { Line } from "./line";
import { nextStep, retryDelay, type Step } from "./rules";

export class Place<T extends Line> {
  line: T | null = null;
  failures = 0;
  notBefore = 0;

  clear(): void {
    this.line?.close();
    this.line = null;
  }

  failed(line: T): void {
    if (this.line !== line) return;
    this.clear();
    this.notBefore = localNow() + retryDelay(this.failures++, Math.random());
  }

  /** `open`: the device's socket is. */
  step(wanted: boolean, key: string, open: boolean): Step {
    if (this.line?.health === "good") this.failures = 0;
    return nextStep({ open, wanted, key, line: this.line, notBefore: this.notBefore, now: localNow() });
  }
}
