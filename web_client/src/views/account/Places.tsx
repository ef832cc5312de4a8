import { useState } from "preact/hooks";
import { end, enter, type Login, type Place, signOut, browserName, type You } from "../../account/api";
import { Alert } from "../../components/Alert";
import { Button } from "../../components/Button";
import type { IconName } from "../../components/Icon";
import { Wrong } from "../../components/Wrong";
import { date, time } from "../../format";
import { HttpProblem } from "../../http";
import { lang } from "../../i18n";
import { account } from "../../i18n/account";
import { useTask } from "../office/useTask";
import { ChangePassword } from "./ChangePassword";

interface PlacesProps {
  you: You;
  reload: () => Promise<void>;
  /** One is no longer signed in; what is to be said of it. */
  out: (said: string) => Promise<void>;
}

const icons: Record<Place["role"], IconName> = { moderator: "air", technician: "device", organizer: "doc" };

/** Where a person may go, in which browsers he is signed in, his password. */
export function Places({ you, reload, out }: PlacesProps) {
  const { busy, wrong, run } = useTask();
  const [said, setSaid] = useState<string | null>(null);
  const act = (work: () => Promise<void>) =>
    void run(async () => {
      setSaid(null);
      try {
        await work();
      } catch (error) {
        if (error instanceof HttpProblem && error.status === 401) await reload();
        throw error;
      }
    });
  const go = (place: Place) => act(async () => location.assign(await enter(place, you.csrf)));
  const leave = () =>
    act(async () => {
      await signOut(you.csrf);
      await out(account.signedOut);
    });
  const close = (login: Login) =>
    act(async () => {
      await end([login.id], you.csrf);
      setSaid(account.ended);
      await reload();
    });
  const blocked = busy ? account.opening : null;
  return (
    <>
      <div class="head">
        <h1 data-testid="signed-in">{account.welcome(you.name)}</h1>
        <Button icon="exit" blocked={blocked} testId="sign-out" onClick={leave}>
          {account.signOut}
        </Button>
      </div>
      <div role="status">{said && <Alert tone="ok" title={said} />}</div>
      <Wrong text={wrong} />
      <section>
        <h2>{account.choose}</h2>
        {you.places.length === 0 && <Alert tone="info" title={account.none} />}
        <ul class="places">
          {you.places.map((place) => (
            <li key={`${place.role} ${place.conference}`} data-place={`${place.role} ${place.conference}`}>
              {place.title && (
                <span>
                  <b>{place.title}</b> <span class="muted">{when(place)}</span>
                </span>
              )}
              <Button icon={icons[place.role]} blocked={blocked} onClick={() => go(place)}>
                {account[place.role]}
              </Button>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h2>{account.sessions}</h2>
        <ul class="logins">
          {you.sessions.map((login) => (
            <li key={login.id}>
              <span>
                <b>{browserName(login.browser) || account.unknownBrowser}</b>
                {login.mine && <span class="muted"> ({account.thisOne})</span>}
                <span class="muted facts">{account.since(moment(login.made), login.remote)}</span>
              </span>
              {!login.mine && (
                <Button
                  class="sm"
                  look="danger"
                  blocked={blocked}
                  title={account.endOneOf(browserName(login.browser) || account.unknownBrowser)}
                  onClick={() => close(login)}
                >
                  {account.endOne}
                </Button>
              )}
            </li>
          ))}
        </ul>
      </section>
      {you.password && <ChangePassword you={you} onDone={() => out(account.changed)} />}
    </>
  );
}

function when(place: Place): string {
  if (place.starts_at === null) return account.noDate;
  return `${date(place.starts_at, place, lang.value)}, ${time(place.starts_at, place, false)}`;
}

/** As the clock of this browser shows it. */
function moment(ms: number): string {
  return new Date(ms).toLocaleString(lang.value, { dateStyle: "medium", timeStyle: "short" });
}
