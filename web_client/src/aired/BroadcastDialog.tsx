import { useEffect, useRef, useState } from "preact/hooks";
import { onAir } from "../broadcast";
import { Alert } from "../components/Alert";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { isOpen } from "../control/state";
import type { Act } from "../control/useAct";
import { duration } from "../format";
import { isTrouble, troubleSaid } from "../http";
import { broadcast as words, broadcastCauses as causes, channelStates as states } from "../i18n/broadcast";
import { common } from "../i18n/common";
import type { View } from "../protocol";
import { clock } from "../store";
import "../styles/recording.css";
import { type Broadcast, readBroadcast } from "./api";

interface ButtonProps {
  seen: View;
  onAsk: () => void;
}

/** In the control room's top: it says whether the public sees the session, and opens the rest. */
export function BroadcastButton({ seen, onAsk }: ButtonProps) {
  const now = onAir(seen.conference);
  const wrong = now && (now.interrupted_at !== null || now.alarms.length > 0);
  const lasts = now ? duration(clock.value - now.began) : "";
  return (
    <Button
      class={now ? (wrong ? "sm rec on wrong" : "sm rec on") : "sm rec"}
      look="quiet"
      icon={wrong ? "warn" : "public"}
      kbd=";"
      title={now ? words.lasts(lasts) : words.title}
      onClick={onAsk}
      testId="broadcast"
    >
      <span class="lasts">{now ? lasts : words.short}</span>
    </Button>
  );
}

const LOOK_MS = 2_000;

/** Looks at once and then every two seconds; the sentence where that fails. */
function useBroadcast(conference: string): [Broadcast | null, string] {
  const [found, setFound] = useState<Broadcast | null>(null);
  const [trouble, setTrouble] = useState("");
  useEffect(() => {
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      try {
        const told = await readBroadcast(conference);
        if (over) return;
        setFound(told);
        setTrouble("");
      } catch (error) {
        if (!isTrouble(error)) throw error;
        if (!over) setTrouble(troubleSaid(error));
      }
      if (!over) timer = setTimeout(() => void look(), LOOK_MS);
    };
    void look();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [conference]);
  return [found, trouble];
}

interface DialogProps {
  seen: View;
  act: Act;
  onClose: () => void;
}

/** Start and stop, where it can be watched, and how it goes. */
export function BroadcastDialog({ seen, act, onClose }: DialogProps) {
  const { conference } = seen;
  const now = onAir(conference);
  const open = isOpen(conference.phase);
  const [found, trouble] = useBroadcast(conference.id);
  const blocked = !open ? words.closed : found && !found.ready ? words.notReady : null;
  return (
    <Dialog
      title={words.title}
      class="wide"
      testId="broadcast-dialog"
      onClose={onClose}
      ends={
        <>
          <Button onClick={onClose} autofocus>
            {common.close}
          </Button>
          {now ? (
            <Button look="danger" icon="stop" testId="broadcast-stop" onClick={() => act({ type: "broadcast.stop" })}>
              {words.stop}
            </Button>
          ) : (
            <Button
              look="primary"
              icon="public"
              testId="broadcast-start"
              blocked={blocked}
              onClick={() => act({ type: "broadcast.start" })}
            >
              {words.start}
            </Button>
          )}
        </>
      }
    >
      {trouble && <Alert tone="bad" title={trouble} />}
      {!trouble && !found && <p class="muted">{words.looking}</p>}
      {found && !found.ready && <Alert tone="warn" title={words.notReady} />}
      {!now && found?.ready && <p>{open ? words.none : words.closed}</p>}
      {now && (
        <>
          <p class="strong" data-testid="broadcast-lasts">
            {words.lasts(duration(clock.value - now.began))}
          </p>
          <p class="muted">{words.by(now.by)}</p>
          {conference.phase !== "live" && <p>{words.before}</p>}
          {now.interrupted_at !== null && <Alert tone="warn" title={causes.interrupted} />}
          {now.alarms.map(({ cause }) => (
            <Alert key={cause} tone="warn" title={causes[cause]} />
          ))}
          {found && <Goes found={found} />}
        </>
      )}
      {found && found.page !== "" && (
        <>
          <Address label={words.page} address={found.page} testId="broadcast-page" />
          <Address label={words.hls} address={found.hls} testId="broadcast-hls" />
          <p class="muted">{found.public ? words.isPublic : words.isSecret}</p>
        </>
      )}
    </Dialog>
  );
}

function Goes({ found }: { found: Broadcast }) {
  return (
    <ul class="plain" data-testid="broadcast-goes">
      {found.page !== "" && <li>{found.segments > 0 ? words.watchable(found.kbps) : words.soon}</li>}
      {found.channel !== "" && <li>{words.channel(found.channel, states[found.channel_state || "connecting"])}</li>}
    </ul>
  );
}

interface AddressProps {
  label: string;
  address: string;
  testId: string;
}

function Address({ label, address, testId }: AddressProps) {
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState("");
  const copy = async () => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(address);
      setCopied(words.copied);
    } catch (error) {
      if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
      setCopied(words.copyByHand); // without TLS a page has no clipboard
    }
  };
  return (
    <div class="address">
      <label>
        {label}
        <input ref={field} class="input" readOnly value={address} data-testid={testId} />
      </label>
      <Button class="sm" onClick={() => void copy()} testId={`${testId}-copy`}>
        {words.copy}
      </Button>
      <span role="status" class="muted">
        {copied}
      </span>
    </div>
  );
}
