import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "../components/Icon";
import { usePage } from "../components/page";
import { LanguageSwitch } from "../components/PageTop";
import { PrivacyLink } from "../components/PrivacyLink";
import "../styles/page.css";

interface AloneProps {
  icon: IconName;
  tone?: "bad" | "ok" | "plain";
  title: string;
  /** What to press, if anything helps. */
  action?: ComponentChildren;
  /** Why, and what to do: a paragraph each. */
  children: ComponentChildren;
}

/** A page with one thing to say: what happened, why, what to do. */
export function Alone({ icon, tone = "plain", title, action, children }: AloneProps) {
  usePage("alone");
  return (
    <div class="alone-page">
      <header>
        <b>vicon</b>
        <LanguageSwitch />
      </header>
      <main class={`alone ${tone}`}>
        <Icon name={icon} />
        <h1>{title}</h1>
        {children}
        {action}
      </main>
      <footer>
        <PrivacyLink />
      </footer>
    </div>
  );
}
