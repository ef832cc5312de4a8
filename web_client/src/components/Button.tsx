import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./Icon";

interface ButtonProps {
  onClick: () => void;
  icon?: IconName;
  /** The key that does the same, as printed on the button. */
  kbd?: string;
  /** primary: one on a page. */
  look?: "plain" | "primary" | "quiet" | "danger";
  class?: string;
  /** Why it cannot be pressed now. The button stays in its place and says so. */
  blocked?: string | null;
  pressed?: boolean;
  title?: string;
  lang?: string;
  autofocus?: boolean;
  testId?: string;
  children: ComponentChildren;
}

export function Button(props: ButtonProps) {
  const { look = "plain", blocked } = props;
  const looks = ["btn", look === "plain" ? "" : look, props.class ?? ""].filter(Boolean).join(" ");
  return (
    <button
      type="button"
      class={looks}
      aria-disabled={blocked ? true : undefined}
      aria-pressed={props.pressed}
      title={blocked ?? props.title}
      lang={props.lang}
      autofocus={props.autofocus}
      data-testid={props.testId}
      onClick={blocked ? undefined : props.onClick}
    >
      <span class="face">
        {props.icon && <Icon name={props.icon} />}
        {props.children}
        {blocked && <span class="vh">. {blocked}</span>}
      </span>
      {props.kbd && <kbd>{props.kbd}</kbd>}
    </button>
  );
}
