import { useEffect, useState } from "preact/hooks";
import { type Found, look } from "../../account/api";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { PrivacyLink } from "../../components/PrivacyLink";
import { LanguageSwitch, ThemeSwitch } from "../../components/PageTop";
import { Wrong } from "../../components/Wrong";
import { theme, usePage } from "../../components/page";
import { isTrouble, troubleSaid } from "../../http";
import { lang } from "../../i18n";
import { account } from "../../i18n/account";
import "../../styles/account.css";
import "../../styles/page.css";
import { Places } from "./Places";
import { SignIn } from "./SignIn";

/** Signing in, and what one may open then. */
export function Account() {
  usePage("account", theme.value);
  const [found, setFound] = useState<Found | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const load = async (): Promise<void> => {
    try {
      setFound(await look());
      setFailed(null);
    } catch (error) {
      if (!isTrouble(error)) throw error;
      setFailed(troubleSaid(error));
    }
  };
  useEffect(() => void load(), []);
  useEffect(() => {
    document.title = `${found?.you?.name ?? account.title} · vicon`;
  }, [lang.value, found]);
  const out = async (words: string): Promise<void> => {
    setSaid(words);
    await load();
  };
  return (
    <div class="account">
      <header class="bar">
        <b>vicon</b>
        <span class="push" />
        <ThemeSwitch />
        <LanguageSwitch />
      </header>
      <main>
        {found?.you ? (
          <Places you={found.you} reload={load} out={out} />
        ) : found ? (
          <SignIn oidc={found.oidc} said={said} onIn={setFound} />
        ) : failed === null ? (
          <p role="status">
            <Icon name="load" spin /> {account.loading}
          </p>
        ) : (
          <>
            <h1>{account.title}</h1>
            <Wrong text={failed} />
            <Button look="primary" onClick={() => void load()}>
              {account.again}
            </Button>
          </>
        )}
      </main>
      <footer>
        <PrivacyLink />
      </footer>
    </div>
  );
}
