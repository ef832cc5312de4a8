import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./Icon";

type AlertTone = "bad" | "warn" | "ok" | "info";

const icons: Record<AlertTone, IconName> = {
  bad: "warn",
  warn: "warn",
  ok: "check-c",
  info: "info",
};

interface AlertProps {
  tone: AlertTone;
  icon?: IconName;
  title: string;
  children?: ComponentChildren;
}

/** A rule on the left, no box: what happened, and below it why or what to do. */
export function Alert({ tone, icon, title, children }: AlertProps) {
  return (
    <div class={`alert ${tone}`}>
      <Icon name={icon ?? icons[tone]} />
      <div>
        <p class="strong">{title}</p>
        {children}
      </div>
    </div>
  );
}

/** The sentence of the last refusal. Spoken by screen readers; gone when `text` is null. */
export function Notice({ text }: { text: string | null }) {
  return (
    <div role="status" aria-live="polite">
      {text !== null && (
        <div class="alert warn notice" data-testid="notice">
          <Icon name="warn" />
          <p class="strong">{text}</p>
        </div>
      )}
    </div>
  );
}
