// SPDX-License-Identifier: Apache-2.0
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { call, Trouble } from "../api";
import { credential, endedBecause, signIn, signOut } from "../session";

/** What the server says of a credential before it is kept; nothing if it is good. */
async function whyNot(text: string): Promise<string | undefined> {
  sessionStorage.setItem("sluice.credential", text);
  try {
    await call("meters");
    return undefined;
  } catch (error) {
    sessionStorage.removeItem("sluice.credential");
    if (error instanceof Trouble && error.kind === "unauthenticated") {
      return `The server does not take this credential: ${error.message}`;
    }
    return error instanceof Error ? error.message : String(error);
  }
}

export function SignIn(): JSX.Element {
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState(endedBecause());
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    const trouble = await whyNot(text.trim());
    setBusy(false);
    if (trouble === undefined) {
      signIn(text.trim());
    } else {
      setSaid(trouble);
    }
  };
  return (
    <main class="sign-in">
      <form onSubmit={submit} class="panel">
        <h1>Sign in to Sluice</h1>
        <p>
          Paste an API key or a token (JWT). It stays in this tab, is sent to this server alone, and
          is forgotten when the tab is closed.
        </p>
        <label for="credential">API key or token</label>
        <input
          id="credential"
          type="password"
          autocomplete="off"
          spellcheck={false}
          required
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          aria-describedby="said"
        />
        <p id="said" class="said" role="alert">
          {said}
        </p>
        <button type="submit" class="primary" disabled={busy || text.trim() === ""}>
          {busy ? "Asking the server…" : "Sign in"}
        </button>
        {credential() !== "" && (
          <button type="button" class="quiet" onClick={() => signOut()}>
            Forget the credential
          </button>
        )}
        <p class="hint">
          What you see here is what the credential allows. Its holder gets a key for looking only
          with <code>sluicectl key create me --kind operator --scopes "*:read"</code>.
        </p>
      </form>
    </main>
  );
}
