// A moment as the clocks of a place show it, and back. Pure.

/** Of a Unix ms: `2020-09-25T09:00`, as an input of type datetime-local has it. */
export function local(ms: number, zone: string): string {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    })
      .formatToParts(ms)
      .map((part) => [part.type, part.value]),
  );
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

/** The Unix ms at which the clocks show `text`; null where it is none. */
export function moment(text: string, zone: string): number | null {
  const wanted = Date.parse(`${text}Z`);
  if (Number.isNaN(wanted)) return null;
  let found = wanted;
  for (let turn = 0; turn < 2; turn += 1) {
    found += wanted - Date.parse(`${local(found, zone)}Z`);
  }
  return found;
}
