import { useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Chip } from "../../components/Chip";
import { Icon } from "../../components/Icon";
import { date, time, type Zone } from "../../format";
import { lang } from "../../i18n";
import { office } from "../../i18n/office";
import type { LinkRole, LinkRow, Opened } from "../../office/api";
import { frameCode } from "../../office/frame";
import { ByHand, copyText } from "../trial/CopyText";
import type { Act } from "./Links";

const ROLES: LinkRole[] = [
  "moderator",
  "technician",
  "operator",
  "observer",
  "tester",
  "encoder",
  "player",
  "embed",
  "door",
];

interface TableProps {
  rows: LinkRow[];
  now: number;
  opened: Opened;
  onAct: (act: Act, row: LinkRow) => void;
}

/** A group for each role; halls in the order of the floor. */
export function LinkTable({ rows, now, opened, onAct }: TableProps) {
  const names = new Map([opened.table.hub, ...opened.table.rooms].map((room) => [room.code, room.name]));
  return (
    <>
      {ROLES.map((role) => {
        const own = rows.filter((row) => row.role === role);
        return (
          own.length > 0 && (
            <section key={role} class="links" data-role={role}>
              <h2>{office[role]}</h2>
              {role === "embed" && <p class="hint">{office.embedWhy}</p>}
              <ul>
                {own.map((row) => (
                  <Row
                    key={row.link}
                    row={row}
                    room={row.room === null ? null : (names.get(row.room) ?? row.room)}
                    now={now}
                    zone={opened.listed}
                    title={opened.listed.title}
                    replaced={own.some((one) => one.revoked_at === null && one.name === row.name && one.room === row.room)}
                    resting={opened.listed.archived}
                    onAct={(act) => onAct(act, row)}
                  />
                ))}
              </ul>
            </section>
          )
        );
      })}
    </>
  );
}

interface RowProps {
  row: LinkRow;
  room: string | null;
  now: number;
  zone: Zone;
  /** Of the conference. */
  title: string;
  /** Another stands in its place already. */
  replaced: boolean;
  resting: boolean;
  onAct: (act: Act) => void;
}

function Row({ row, room, now, zone, title, replaced, resting, onAct }: RowProps) {
  const gone = row.revoked_at !== null;
  return (
    <li class={gone ? "gone" : undefined} data-link={row.link} data-room={row.room ?? undefined}>
      <div class="what">
        <b>{row.name}</b>
        {room && <span class="muted"> · {room}</span>}
        <p class="facts">
          {row.sign_in ? <span>{office.signsIn}</span> : <Until row={row} now={now} zone={zone} />}
          {row.once && !gone && <Once row={row} zone={zone} />}
          {row.devices > 0 && (
            <Chip icon="device" tone="ok">
              {office.here(row.devices)}
            </Chip>
          )}
        </p>
      </div>
      {row.sign_in && !resting && (
        <div class="acts">
          <Copy text={row.url} label={office.copyAddress} />
        </div>
      )}
      {!gone && !resting && !row.sign_in && (
        <div class="acts">
          {row.once && row.until !== null && (
            <Button class="sm" icon="undo" testId="hold" onClick={() => onAct("hold")}>
              {office.hold}
            </Button>
          )}
          {row.once && row.until === null && row.used_at !== null && (
            <Button class="sm" icon="device" testId="release" onClick={() => onAct("release")}>
              {office.release}
            </Button>
          )}
          <Copy text={row.url} label={office.copyLink} />
          {row.role === "embed" && <Copy text={frameCode(row.url, title)} label={office.copyFrame} />}
          {row.token && <Copy text={row.token} label={office.copyToken} />}
          {!row.token && row.role !== "embed" && (
            <Button class="sm" icon="qr" onClick={() => onAct("qr")}>
              {office.qr}
            </Button>
          )}
          <Button class="sm" icon="clock" onClick={() => onAct("end")}>
            {office.changeEnd}
          </Button>
          <Button class="sm" look="danger" icon="x" testId="revoke" onClick={() => onAct("revoke")}>
            {office.revoke}
          </Button>
        </div>
      )}
      {gone && !replaced && !resting && !row.sign_in && (
        <div class="acts">
          <Button class="sm" icon="redo" testId="renew" onClick={() => onAct("renew")}>
            {office.renew}
          </Button>
        </div>
      )}
    </li>
  );
}

/** Which state a one-time link is in. */
function Once({ row, zone }: { row: LinkRow; zone: Zone }) {
  if (row.until !== null) {
    return (
      <span class="amber">
        <Icon name="clock" /> {office.releasedUntil(moment(row.until, zone))}
      </span>
    );
  }
  return (
    <span>
      <Icon name="lock" /> {row.used_at === null ? office.unused : office.usedSince(moment(row.used_at, zone))}
    </span>
  );
}

function Until({ row, now, zone }: { row: LinkRow; now: number; zone: Zone }) {
  if (row.revoked_at !== null) {
    return (
      <span class="red">
        <Icon name="x-c" /> {office.revoked(moment(row.revoked_at, zone))}
      </span>
    );
  }
  if (row.expires_at <= now) {
    return (
      <span class="red">
        <Icon name="clock" /> {office.expired} {moment(row.expires_at, zone)}
      </span>
    );
  }
  return (
    <span>
      {office.until} {moment(row.expires_at, zone)}
    </span>
  );
}

export function moment(ms: number, zone: Zone): string {
  return `${date(ms, zone, lang.value)}, ${time(ms, zone, false)}`;
}

function Copy({ text, label }: { text: string; label: string }) {
  const [said, setSaid] = useState<"" | "copied" | "failed">("");
  const copy = () => void copyText(text).then((left) => setSaid(left === null ? "copied" : "failed"));
  return (
    <>
      <Button class="sm" icon={said === "copied" ? "check" : "copy"} onClick={copy}>
        {said === "copied" ? office.copied : label}
      </Button>
      {said === "failed" && (
        <span class="byhand">
          <span role="status">{office.copyFailed}</span>
          <ByHand text={text} label={label} />
        </span>
      )}
    </>
  );
}
