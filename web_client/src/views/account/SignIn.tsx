import { useEffect, useId, useRef, useState } from "preact/hooks";
import { beginOidc, failureOf, type Found, signIn, waitOf } from "../../account/api";
import { Alert } from "../../components/Alert";
import { Button } from "../../components/Button";
import { Wrong } from "../../components/Wrong";
import { isTrouble, troubleSaid } from "../../http";
import { say } from "../../i18n";
import { account, providerFailures } from "../../i18n/account";
import { Password } from "./Password";

interface SignInProps {
  /** Name of the other way in; empty: there is none. */
  oidc: string;
  /** What has just been done. */
  said: string | null;
  onIn: (found: Found) => void;
}

/** Name and password, or the way by a provider. */
export function SignIn({ oidc, said, onIn }: SignInProps) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [missing, setMissing] = useState<"name" | "password" | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const failure = useFailure();
  const { wait, setWait } = useWait(() => setWrong(null));
  const field = useId();
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setWrong(null);
    try {
      await work();
    } catch (error) {
      if (!isTrouble(error)) throw error;
      setWait(waitOf(error));
      setWrong(troubleSaid(error));
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    const lack = name.trim() === "" ? "name" : password === "" ? "password" : null;
    setMissing(lack);
    if (busy || wait > 0) return;
    if (lack) return focusOn(lack);
    void attempt(async () => onIn(await signIn(name, password)));
  };
  const leave = () => void attempt(async () => location.assign(await beginOidc()));
  return (
    <>
      <h1>{account.title}</h1>
      <p class="hint">{account.why}</p>
      <div role="status">{said && <Alert tone="ok" title={said} />}</div>
      <form noValidate onSubmit={submit} data-testid="sign-in">
        <Wrong text={wrong ?? (failure && say(failure))} />
        <div class="field">
          <label for={field}>{account.name}</label>
          <Wrong text={missing === "name" ? account.nameMissing : null} />
          <input
            id={field}
            ref={first}
            name="name"
            class={missing === "name" ? "input is-bad" : "input"}
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </div>
        <Password
          label={account.password}
          name="password"
          complete="current-password"
          value={password}
          wrong={missing === "password" ? account.passwordMissing : null}
          onInput={setPassword}
        />
        <p role="status" class="waiting">
          {busy ? account.signingIn : ""}
        </p>
        <button type="submit" class="btn primary xl" aria-disabled={busy || wait > 0 ? true : undefined} data-testid="sign-in-do">
          {wait > 0 ? account.wait(wait) : account.signIn}
        </button>
      </form>
      {oidc && (
        <>
          <p class="or">{account.or}</p>
          <Button class="xl" blocked={busy ? account.signingIn : null} testId="sign-in-oidc" onClick={leave}>
            {account.by(oidc)}
          </Button>
        </>
      )}
    </>
  );
}

function focusOn(name: string): void {
  document.querySelector<HTMLInputElement>(`.account input[name=${name}]`)?.focus();
}

/** What the way back from the provider said, once: a reload says nothing more. */
function useFailure() {
  const [failure] = useState(() => failureOf(location.search, providerFailures));
  useEffect(() => {
    if (location.search) history.replaceState(null, "", location.pathname);
  }, []);
  return failure;
}

/** Seconds that are still to be waited; `over` when they have passed. */
function useWait(over: () => void) {
  const [wait, setWait] = useState(0);
  useEffect(() => {
    if (wait <= 0) return;
    const timer = setTimeout(() => {
      setWait(wait - 1);
      if (wait === 1) over();
    }, 1000);
    return () => clearTimeout(timer);
  }, [wait]);
  return { wait, setWait };
}
