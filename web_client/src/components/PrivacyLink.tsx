import { lang } from "../i18n";
import { common } from "../i18n/common";
import { Icon } from "./Icon";

const address = (): string => `/privasi?lang=${lang.value}`;

/** To the page that says what this server keeps, which the server writes; beside what goes on here. */
export function PrivacyLink() {
  return (
    <p class="privacy">
      <a href={address()} target="_blank" rel="noopener" data-testid="privacy">
        {common.privacy}
      </a>
    </p>
  );
}

/** The same where there is only a bar; not on a narrow one. */
export function PrivacySign() {
  return (
    <a
      class="btn quiet icon privacy-sign"
      href={address()}
      target="_blank"
      rel="noopener"
      aria-label={common.privacy}
      title={common.privacy}
      data-testid="privacy"
    >
      <Icon name="lock" />
    </a>
  );
}
