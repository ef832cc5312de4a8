// The link's token lives in the fragment, which browsers keep to themselves. The resume token is
// the tab's own: a reload or a crash comes back as the same device, another tab does not.

const KEY = "vicon.resume";

/** The token of the address bar; empty when the link was cut short. */
export function readToken(): string {
  return location.hash.slice(1).trim();
}

/** The end of a token is its signature: enough to tell two links apart, useless alone. */
export function mark(token: string): string {
  return token.slice(-16);
}

export function readResume(token: string): string | null {
  const kept = sessionStorage.getItem(KEY);
  const cut = kept?.indexOf(" ") ?? -1;
  return kept && kept.slice(0, cut) === mark(token) ? kept.slice(cut + 1) : null;
}

export function writeResume(token: string, resume: string | null): void {
  if (resume) sessionStorage.setItem(KEY, `${mark(token)} ${resume}`);
  else sessionStorage.removeItem(KEY);
}
