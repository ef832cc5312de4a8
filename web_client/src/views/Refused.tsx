import { Button } from "../components/Button";
import type { IconName } from "../components/Icon";
import { say } from "../i18n";
import { alone } from "../i18n/alone";
import type { Text } from "../protocol";
import { reconnect } from "../store";
import { Alone } from "./Alone";

interface RefusedProps {
  /** Of the server's `bye`; or `closed` when the conference is over. */
  code: string;
  /** The server's own sentence, which knows more; null: ours. */
  text: Text | null;
}

interface Face {
  icon: IconName;
  tone?: "bad" | "ok";
  title: string;
  why: string;
  action?: { label: string; run: () => void };
}

/** The server does not let this page in, or no longer: why, and what helps. */
export function Refused({ code, text }: RefusedProps) {
  const face = faceOf(code);
  return (
    <Alone
      icon={face.icon}
      tone={face.tone}
      title={face.title}
      action={
        face.action && (
          <Button look="primary" class="xl" onClick={face.action.run} testId="way-on">
            {face.action.label}
          </Button>
        )
      }
    >
      <p data-refused={code}>{text ? say(text) : face.why}</p>
    </Alone>
  );
}

const reload = () => location.reload();
const signIn = {
  get label() {
    return alone.signIn;
  },
  run: () => location.assign("/masuk"),
};

function faceOf(code: string): Face {
  switch (code) {
    case "bad_token":
      return { icon: "x-c", tone: "bad", title: alone.badToken, why: alone.badTokenWhy };
    case "expired_token":
      return { icon: "clock", tone: "bad", title: alone.expired, why: alone.expiredWhy };
    case "link_revoked":
      return { icon: "x-c", tone: "bad", title: alone.revoked, why: alone.revokedWhy };
    case "link_taken":
      return {
        icon: "device",
        tone: "bad",
        title: alone.taken,
        why: alone.takenWhy,
        action: { label: alone.reload, run: reload },
      };
    case "link_needs_cookie":
      return {
        icon: "lock",
        tone: "bad",
        title: alone.cookies,
        why: alone.cookiesWhy,
        action: { label: alone.reload, run: reload },
      };
    case "ticket_over":
      return { icon: "clock", tone: "bad", title: alone.ticketOver, why: alone.ticketOverWhy };
    case "sign_in_needed":
      return { icon: "lock", title: alone.signInNeeded, why: alone.signInNeededWhy, action: signIn };
    case "session_over":
      return { icon: "lock", title: alone.sessionOver, why: alone.sessionOverWhy, action: signIn };
    case "conference_archived":
      return { icon: "save", title: alone.archived, why: alone.archivedWhy };
    case "replaced":
      return {
        icon: "device",
        title: alone.replaced,
        why: alone.replacedWhy,
        action: { label: alone.useHere, run: reconnect },
      };
    case "removed":
      return {
        icon: "exit",
        title: alone.removed,
        why: alone.removedWhy,
        action: { label: alone.comeAgain, run: reload },
      };
    case "wrong_version":
      return {
        icon: "redo",
        title: alone.version,
        why: alone.versionWhy,
        action: { label: alone.reload, run: reload },
      };
    case "not_found":
      return { icon: "x-c", tone: "bad", title: alone.notFound, why: alone.notFoundWhy };
    case "origin":
      return { icon: "lock", tone: "bad", title: alone.origin, why: alone.originWhy };
    case "closed":
      return { icon: "check-c", tone: "ok", title: alone.closed, why: alone.closedWhy };
    default:
      return {
        icon: "warn",
        title: alone.other,
        why: alone.otherWhy,
        action: { label: alone.reload, run: reload },
      };
  }
}
