// SPDX-License-Identifier: Apache-2.0
// The credential of this tab. It is kept in the tab's session storage alone, which the browser drops
// with the tab, and leaves it only in the header field of requests to the server it came from.

const key = "sluice.credential";
const listeners = new Set<() => void>();
let reason = "";

export function credential(): string {
  return sessionStorage.getItem(key) ?? "";
}

/** Why the last credential is gone; empty if nobody took it away. */
export function endedBecause(): string {
  return reason;
}

function tell(): void {
  for (const listener of listeners) {
    listener();
  }
}

export function signIn(text: string): void {
  reason = "";
  if (text === "") {
    sessionStorage.removeItem(key);
  } else {
    sessionStorage.setItem(key, text);
  }
  tell();
}

export function signOut(because = ""): void {
  sessionStorage.removeItem(key);
  reason = because;
  tell();
}

/** Calls whenever somebody signs in or out; the result ends that. */
export function onSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
