import type { ComponentChildren } from "preact";
import { Icon } from "../components/Icon";
import { decimal } from "../format";
import { lang } from "../i18n";
import { media } from "../i18n/media";
import { measuredOf } from "../measured";
import type { DeviceFigures, LineView, RoomView, StreamView } from "../protocol";
import { clock, roomByCode } from "../store";

/** What the room's line carries now, up and down, and how its pictures and sound fare on it. */
export function PaneFigures({ room }: { room: RoomView }) {
  const figures = measuredOf(room.code, clock.value)?.figures ?? null;
  return (
    <section class="measured" data-testid="figures">
      <h3 class="h">
        <Icon name="link-weak" />
        {media.title}
      </h3>
      {figures ? <Measured figures={figures} /> : <p class="muted">{media.none}</p>}
    </section>
  );
}

/** The same in one line, for the top of the pane. */
export function FiguresLine({ room }: { room: RoomView }) {
  const figures = measuredOf(room.code, clock.value)?.figures;
  if (!figures) return null;
  const { up, down } = figures;
  const lost = Math.max(up?.lost_percent ?? 0, down?.lost_percent ?? 0);
  const rtt = down?.rtt_ms ?? up?.rtt_ms;
  return (
    <p class="muted" data-testid="figures-line">
      {media.summary(number(up?.kbps), number(down?.kbps), number(lost, 1), number(rtt))}
    </p>
  );
}

function Measured({ figures }: { figures: DeviceFigures }) {
  return (
    <>
      <Lines up={figures.up} down={figures.down} />
      {figures.up && <Sends streams={figures.sends} />}
      {figures.down && <Receives streams={figures.receives} />}
    </>
  );
}

const UNKNOWN = "–";

function number(value: number | null | undefined, digits = 0): string {
  return value === null || value === undefined ? UNKNOWN : decimal(value, digits, lang.value);
}

function withUnit(value: number | null | undefined, unit: string, digits = 0): string {
  const printed = number(value, digits);
  return printed === UNKNOWN ? printed : `${printed} ${unit}`;
}

function Lines({ up, down }: { up: LineView | null; down: LineView | null }) {
  const both = (show: (line: LineView) => string) => [up, down].map((one) => (one ? show(one) : UNKNOWN));
  const rows: [name: string, cells: string[], testId: string][] = [
    [media.rate, both((one) => withUnit(one.kbps, "kbit/s")), "rate"],
    [media.capacity, both((one) => withUnit(one.available_kbps, "kbit/s")), "capacity"],
    [media.lost, both((one) => withUnit(one.lost_percent, "%", 1)), "lost"],
    [media.rtt, both((one) => withUnit(one.rtt_ms, "ms")), "rtt"],
    [media.jitter, both((one) => withUnit(one.jitter_ms, "ms")), "jitter"],
    [media.limit, both(limitWords), "limit"],
    [media.state, both(stateWords), "state"],
  ];
  return (
    <table class="lines">
      <thead>
        <tr>
          <td />
          <th scope="col">{media.up}</th>
          <th scope="col">{media.down}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, cells, testId]) => (
          <tr key={testId} data-figure={testId}>
            <th scope="row">{name}</th>
            {cells.map((cell, n) => (
              <td key={n}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function limitWords({ limit }: LineView): string {
  if (limit === "sound") return media.limitSound;
  return limit === "reduced" ? media.limitReduced : media.noLimit;
}

function stateWords({ state }: LineView): string {
  if (state === "connected") return media.connected;
  return state === "new" || state === "connecting" ? media.connecting : media.disconnected;
}

const LAYERS: Record<string, string> = { q: "180p", h: "360p", f: "720p" };

/** `h.1` is 360p; one encoding has no name of its own. */
function layerName(layer: string): string {
  return LAYERS[layer.split(".")[0] ?? ""] ?? media.whole;
}

function Sends({ streams }: { streams: StreamView[] }) {
  if (streams.length === 0) return <Empty title={media.sends} said={media.nothingSent} />;
  return (
    <Table title={media.sends} last={media.colKeys} small="PLI">
      {streams.map((one) => (
        <tr key={one.kind + one.layer} data-stream={one.layer || one.kind}>
          <th scope="row">
            {one.kind === "audio" ? media.sound : layerName(one.layer)}
            {one.packets === 0 && <small>{media.layerPaused}</small>}
          </th>
          <Cells one={one} fps={one.fps} />
          <td>{one.kind === "video" ? number(one.plis) : UNKNOWN}</td>
        </tr>
      ))}
    </Table>
  );
}

function Receives({ streams }: { streams: StreamView[] }) {
  const pictures = streams.filter((one) => one.kind === "video");
  const sounds = streams.filter((one) => one.kind === "audio");
  if (streams.length === 0) return <Empty title={media.receives} said={media.nothingReceived} />;
  return (
    <Table title={media.receives} last={media.colFrozen} small={media.timesSeconds}>
      {pictures.map((one) => (
        <tr key={one.room} data-stream={one.room}>
          <th scope="row" title={roomByCode(one.room)?.name}>
            {roomByCode(one.room)?.short_name ?? one.room}
            <small>{whyHeld(one) ?? layerName(one.layer)}</small>
          </th>
          <Cells one={one} fps={one.shown_fps ?? one.fps} />
          <td>{one.freezes === null ? UNKNOWN : frozenWords(one)}</td>
        </tr>
      ))}
      {sounds.length > 0 && <Sounds streams={sounds} />}
    </Table>
  );
}

function Sounds({ streams }: { streams: StreamView[] }) {
  const packets = sum(streams, (one) => one.packets);
  const lost = sum(streams, (one) => one.lost_percent * one.packets) / Math.max(1, packets);
  const concealed = streams.flatMap((one) => one.concealed_percent ?? []);
  return (
    <tr data-stream="audio">
      <th scope="row">
        {media.soundOf(streams.length)}
        {concealed.length > 0 && <small>{media.concealed(number(Math.max(...concealed), 1))}</small>}
      </th>
      <td>{number(sum(streams, (one) => one.kbps))}</td>
      <td>{number(lost, 1)}</td>
      <td>{UNKNOWN}</td>
      <td>{number(sum(streams, (one) => one.nacks))}</td>
      <td>{UNKNOWN}</td>
    </tr>
  );
}

function sum(streams: StreamView[], value: (one: StreamView) => number): number {
  return streams.reduce((all, one) => all + value(one), 0);
}

function whyHeld({ paused }: StreamView): string | null {
  if (paused === "bandwidth") return media.heldLine;
  if (paused === "uplink") return media.heldThere;
  return paused === "codec" ? media.heldCodec : null;
}

function frozenWords({ freezes, frozen_s }: StreamView): string {
  return freezes ? media.frozen(freezes, number(frozen_s, 1)) : "0";
}

function Cells({ one, fps }: { one: StreamView; fps: number | null }) {
  const flows = one.packets > 0;
  return (
    <>
      <td>{number(one.kbps)}</td>
      <td>{flows ? number(one.lost_percent, 1) : UNKNOWN}</td>
      <td>{flows && one.kind === "video" ? number(fps) : UNKNOWN}</td>
      <td>{number(one.nacks)}</td>
    </>
  );
}

interface TableProps {
  title: string;
  /** What the last column is, and its unit. */
  last: string;
  small: string;
  children: ComponentChildren;
}

function Table({ title, last, small, children }: TableProps) {
  return (
    <table class="streams">
      <caption>{title}</caption>
      <thead>
        <tr>
          <th scope="col">
            <span class="vh">{media.stream}</span>
          </th>
          <Head name={media.colRate} unit="kbit/s" />
          <Head name={media.colLost} unit="%" />
          <Head name={media.colFps} unit={media.perSecond} />
          <Head name={media.colAsked} unit="NACK" />
          <Head name={last} unit={small} />
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

function Head({ name, unit }: { name: string; unit: string }) {
  return (
    <th scope="col">
      {name}
      <small>{unit}</small>
    </th>
  );
}

function Empty({ title, said }: { title: string; said: string }) {
  return (
    <p>
      <b class="strong">{title}</b> <span class="muted">{said}</span>
    </p>
  );
}
