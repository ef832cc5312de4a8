import { useState } from "preact/hooks";
import { changePassword, type You } from "../../account/api";
import { Wrong } from "../../components/Wrong";
import { account } from "../../i18n/account";
import { useTask } from "../office/useTask";
import { Password } from "./Password";

/** Another password in place of the present one; signs out everywhere. */
export function ChangePassword({ you, onDone }: { you: You; onDone: () => Promise<void> }) {
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const [again, setAgain] = useState("");
  const [differ, setDiffer] = useState(false);
  const { busy, wrong, run } = useTask();
  const submit = (event: Event): void => {
    event.preventDefault();
    setDiffer(fresh !== again);
    if (fresh !== again) return;
    void run(async () => {
      await changePassword(old, fresh, you.csrf);
      await onDone();
    });
  };
  return (
    <details class="change">
      <summary>{account.change}</summary>
      <p class="hint">{account.changeWhy}</p>
      <form noValidate onSubmit={submit}>
        <input class="vh" name="name" autocomplete="username" value={you.account} readOnly tabIndex={-1} aria-hidden="true" />
        <Wrong text={wrong} />
        <Password label={account.old} name="old" complete="current-password" value={old} onInput={setOld} />
        <Password
          label={account.fresh}
          name="fresh"
          complete="new-password"
          hint={account.freshHint}
          value={fresh}
          onInput={setFresh}
        />
        <Password
          label={account.repeat}
          name="again"
          complete="new-password"
          value={again}
          wrong={differ ? account.differ : null}
          onInput={setAgain}
        />
        <p role="status" class="waiting">
          {busy ? account.saving : ""}
        </p>
        <button type="submit" class="btn" aria-disabled={busy || undefined}>
          {account.save}
        </button>
      </form>
    </details>
  );
}
