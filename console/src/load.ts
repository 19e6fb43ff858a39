// SPDX-License-Identifier: Apache-2.0
// Asks for something, and again at intervals while somebody looks.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { Trouble } from "./api";
import { credential, signOut } from "./session";

export interface Loaded<T> {
  data: T | undefined;
  trouble: Trouble | undefined;
  reload: () => void;
}

function asTrouble(error: unknown): Trouble {
  return error instanceof Trouble ? error : new Trouble("refused", String(error));
}

/** What somebody asked for failed; a credential that is no good any more ends the session. */
export function troubleOf(error: unknown): Trouble {
  const trouble = asTrouble(error);
  if (trouble.kind === "unauthenticated") {
    signOut(credential() === "" ? "" : trouble.message);
  }
  return trouble;
}

/**
 * Loads by `key`: when that changes, what was loaded before is let go. With `everyMs` it is loaded
 * again that long after each answer, as long as the page is visible. What was loaded stays while a
 * later attempt fails, beside its trouble.
 */
export function useLoad<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
  everyMs = 0,
): Loaded<T> {
  const [state, setState] = useState<{ key: string; data?: T; trouble?: Trouble }>({ key });
  const [turn, setTurn] = useState(0);
  const latest = useRef(load);
  latest.current = load;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn asks again.
  useEffect(() => {
    const abort = new AbortController();
    let timer = 0;
    let waiting = false;
    const later = () => {
      if (everyMs > 0) {
        waiting = document.hidden;
        timer = waiting ? 0 : window.setTimeout(ask, everyMs);
      }
    };
    const ask = async () => {
      try {
        const data = await latest.current(abort.signal);
        if (!abort.signal.aborted) {
          setState({ key, data });
        }
      } catch (error) {
        if (!abort.signal.aborted) {
          const trouble = troubleOf(error);
          setState((old) => (old.key === key ? { ...old, trouble } : { key, trouble }));
        }
      }
      if (!abort.signal.aborted) {
        later();
      }
    };
    const seen = () => {
      if (waiting && !document.hidden) {
        waiting = false;
        ask();
      }
    };
    document.addEventListener("visibilitychange", seen);
    ask();
    return () => {
      abort.abort();
      window.clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [key, turn, everyMs]);

  const reload = useCallback(() => setTurn((old) => old + 1), []);
  const mine = state.key === key;
  return {
    data: mine ? state.data : undefined,
    trouble: mine ? state.trouble : undefined,
    reload,
  };
}

export interface Pages<T> extends Loaded<T[]> {
  more: boolean;
  busy: boolean;
  next: () => void;
}

/** A list that comes in pages, each behind the last row of the one before. */
export function usePages<T>(
  key: string,
  page: (last: T | undefined, signal?: AbortSignal) => Promise<{ rows: T[]; more: boolean }>,
): Pages<T> {
  const first = useLoad(key, (signal) => page(undefined, signal));
  const [further, setFurther] = useState<{
    of: unknown;
    rows: T[];
    more: boolean;
    busy?: boolean;
    trouble?: Trouble;
  }>({ of: undefined, rows: [], more: false });
  const mine = further.of === first.data && further.of !== undefined;
  const rows = first.data && [...first.data.rows, ...(mine ? further.rows : [])];
  const next = async () => {
    const of = first.data;
    const before = mine ? further.rows : [];
    setFurther({ of, rows: before, more: true, busy: true });
    try {
      const got = await page(rows?.[rows.length - 1]);
      setFurther({ of, rows: [...before, ...got.rows], more: got.more });
    } catch (error) {
      setFurther({ of, rows: before, more: true, trouble: troubleOf(error) });
    }
  };
  return {
    data: rows,
    trouble: first.trouble ?? (mine ? further.trouble : undefined),
    reload: first.reload,
    more: (mine ? further.more : first.data?.more) ?? false,
    busy: (mine && further.busy) ?? false,
    next,
  };
}
