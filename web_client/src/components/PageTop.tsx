import type { ComponentChildren } from "preact";
import { presentCount, wall } from "../control/state";
import { lang, switchLanguage } from "../i18n";
import { common } from "../i18n/common";
import type { Phase, View } from "../protocol";
import { away, awaySeconds, clock } from "../store";
import "../styles/page.css";
import { Button } from "./Button";
import { Clock } from "./Clock";
import { Icon, type IconName } from "./Icon";
import { PrivacySign } from "./PrivacyLink";
import { switchTheme, theme } from "./page";

const phases: Record<Phase, IconName> = {
  draft: "wait",
  lobby: "clock",
  live: "air",
  closed: "check-c",
};

interface PageTopProps {
  seen: View;
  /** What must be heeded now, in place of title and phase. */
  alert?: ComponentChildren;
  /** On the right, before the language. */
  children?: ComponentChildren;
}

/** One line, one baseline. While the link is away it says so, in the same place and height. */
export function PageTop({ seen, alert, children }: PageTopProps) {
  if (away.value) return <AwayTop />;
  if (alert) {
    return (
      <AlertTop seen={seen} alert={alert}>
        {children}
      </AlertTop>
    );
  }
  const { conference, rooms } = seen;
  return (
    <header class="top">
      <h1 title={conference.title}>{conference.title}</h1>
      <span class={`phase ${conference.phase}`} data-testid="phase">
        <Icon name={phases[conference.phase]} />
        {common[conference.phase]}
      </span>
      <Clock now={clock.value} zone={conference} />
      <span class="sp" />
      <span class="pair" data-testid="present">
        <b>
          {presentCount(rooms)}/{wall(rooms).length}
        </b>
        {common.presentOf}
      </span>
      {children}
      <PrivacySign />
      <LanguageSwitch />
    </header>
  );
}

function AlertTop({ seen, alert, children }: PageTopProps) {
  return (
    <header class="top alerted">
      {alert}
      <span class="sp" />
      <Clock now={clock.value} zone={seen.conference} />
      {children}
    </header>
  );
}

function AwayTop() {
  return (
    <header class="top away" data-testid="away">
      <Icon name="load" spin />
      <b>{common.reconnecting(`${awaySeconds.value} s`)}</b>
      <span class="muted" role="status">
        {common.stay}
      </span>
    </header>
  );
}

export function LanguageSwitch() {
  return (
    <Button class="sm" look="quiet" lang={lang.value === "id" ? "en" : "id"} onClick={switchLanguage}>
      {common.language}
    </Button>
  );
}

/** For pages that may be light or dark. */
export function ThemeSwitch() {
  const dark = theme.value === "dark";
  const label = dark ? common.toLight : common.toDark;
  return (
    <button type="button" class="btn quiet icon" aria-label={label} title={label} onClick={switchTheme}>
      <Icon name={dark ? "sun" : "moon"} />
    </button>
  );
}
