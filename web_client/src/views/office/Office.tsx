import { useEffect, useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { theme, usePage } from "../../components/page";
import { LanguageSwitch, ThemeSwitch } from "../../components/PageTop";
import { HttpProblem, isTrouble, troubleSaid } from "../../http";
import { lang } from "../../i18n";
import { office } from "../../i18n/office";
import { conferences, type Listed } from "../../office/api";
import { followHistory, place } from "../../office/state";
import "../../styles/office.css";
import { Alone } from "../Alone";
import { Edit } from "./Edit";
import { Links } from "./Links";
import { List } from "./List";

const REFRESH_MS = 10_000;

/** The conferences of the server, in the hands of the organizer. */
export function Office() {
  usePage("office", theme.value);
  useEffect(followHistory, []);
  const { found, failed, load } = useConferences();
  useEffect(() => {
    document.title = `${office.page} · vicon`;
  }, [lang.value]);
  const at = place.value;
  if (failed && !found) return <Failed error={failed} onAgain={load} />;
  return (
    <div class="office">
      <header class="bar">
        <b>vicon</b>
        <span class="ttl">{office.page}</span>
        <span class="push" />
        <ThemeSwitch />
        <LanguageSwitch />
      </header>
      {!found ? (
        <main class="sheet" aria-busy="true">
          <p role="status">
            <Icon name="load" spin /> {office.loading}
          </p>
        </main>
      ) : at.page === "edit" ? (
        <Edit key={`${at.id} ${at.from}`} id={at.id} from={at.from} all={found} reload={load} />
      ) : at.page === "links" ? (
        <Links key={at.id} id={at.id} reload={load} />
      ) : (
        <List all={found} failed={failed ? troubleSaid(failed) : null} reload={load} />
      )}
    </div>
  );
}

function useConferences() {
  const [found, setFound] = useState<Listed[] | null>(null);
  const [failed, setFailed] = useState<unknown>(null);
  const load = async (): Promise<void> => {
    try {
      setFound((await conferences()).conferences);
      setFailed(null);
    } catch (error) {
      if (!isTrouble(error)) throw error;
      setFailed(error);
    }
  };
  useEffect(() => {
    void load();
    const again = setInterval(() => {
      if (document.visibilityState === "visible" && place.value.page === "list") void load();
    }, REFRESH_MS);
    return () => clearInterval(again);
  }, []);
  return { found, failed, load };
}

/** Not the organizer's link, or no server: why, and what helps. */
function Failed({ error, onAgain }: { error: unknown; onAgain: () => Promise<void> }) {
  const barred = error instanceof HttpProblem && (error.status === 401 || error.status === 403);
  return (
    <Alone
      icon={barred ? "lock" : "warn"}
      tone="bad"
      title={office.page}
      action={
        !barred && (
          <Button look="primary" class="xl" onClick={() => void onAgain()}>
            {office.again}
          </Button>
        )
      }
    >
      <p data-testid="office-failed">{troubleSaid(error)}</p>
    </Alone>
  );
}
