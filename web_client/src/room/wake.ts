/** Keeps the hall's screen from going dark while it is in the room. */

/** Returns how to let it sleep again. A browser drops the lock when the page is hidden. */
export function stayAwake(): () => void {
  if (!("wakeLock" in navigator)) return () => {};
  let lock: WakeLockSentinel | null = null;
  let over = false;
  const ask = (): void => {
    if (document.visibilityState !== "visible" || over) return;
    navigator.wakeLock.request("screen").then(
      (granted) => {
        if (over) release(granted);
        else lock = granted;
      },
      (error: DOMException) => console.info("- screen may go dark:", error.name),
    );
  };
  document.addEventListener("visibilitychange", ask);
  ask();
  return () => {
    over = true;
    document.removeEventListener("visibilitychange", ask);
    if (lock) release(lock);
  };
}

function release(lock: WakeLockSentinel): void {
  lock.release().catch((error: DOMException) => console.info("- wake lock:", error.name));
}
