// Whether this machine's network has become another one, as far as the browser tells.

interface NetworkInformation extends EventTarget {
  /** wifi, ethernet, cellular ...; not every browser tells it. */
  readonly type?: string;
}

/** `changed` is called when the machine comes back to a network or goes over to another kind. Returns what
 * ends it. */
export function watchNetwork(changed: () => void): () => void {
  const connection: NetworkInformation | undefined = Reflect.get(navigator, "connection");
  let type = connection?.type;
  // Told for every new estimate of its speed too.
  const look = (): void => {
    if (connection?.type === type) return;
    type = connection?.type;
    changed();
  };
  window.addEventListener("online", changed);
  connection?.addEventListener("change", look);
  return () => {
    window.removeEventListener("online", changed);
    connection?.removeEventListener("change", look);
  };
}
