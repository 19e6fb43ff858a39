// SPDX-License-Identifier: Apache-2.0
// Asks the server. Every method of the native interface has one path, so there is one function.
import { credential } from "./session";

export type TroubleKind =
  | "unauthenticated" // No credential, or one that is not good (any more).
  | "forbidden" // The credential does not allow it.
  | "missing" // This server has no such method.
  | "notFound"
  | "unreachable" // The server did not answer.
  | "refused"; // Anything else; the message says what.

/** Why a question was not answered. */
export class Trouble extends Error {
  constructor(
    readonly kind: TroubleKind,
    message: string,
  ) {
    super(message);
  }
}

interface Failure {
  success: false;
  error: { code: string; message: string };
}
interface Success<T> {
  success: true;
  data: T;
}

function headers(): Record<string, string> {
  const shown = credential();
  return shown === "" ? {} : { Authorization: `Bearer ${shown}` };
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { ...init, cache: "no-store", credentials: "omit" });
  } catch (error) {
    if (init.signal?.aborted) {
      throw error;
    }
    throw new Trouble("unreachable", "The server does not answer. This page goes on asking.");
  }
}

function kindOf(status: number, message: string): TroubleKind {
  switch (status) {
    case 401:
      return "unauthenticated";
    case 403:
      return "forbidden";
    case 404:
      return message.startsWith("method:") ? "missing" : "notFound";
    default:
      return "refused";
  }
}

async function read<T>(response: Response): Promise<T> {
  let body: Success<T> | Failure;
  try {
    body = await response.json();
  } catch {
    throw new Trouble("refused", `The server answered ${response.status} without saying why.`);
  }
  if (body.success) {
    return body.data;
  }
  throw new Trouble(kindOf(response.status, body.error.message), body.error.message);
}

/** Calls a method of `Operator`, as protocol/sluice.capnp has it. */
export async function call<T>(
  method: string,
  params: object = {},
  signal?: AbortSignal,
): Promise<T> {
  const response = await send(`/api/v1/operator/${method}`, {
    method: "POST",
    headers: { ...headers(), "Content-Type": "application/json" },
    body: JSON.stringify(params),
    ...(signal ? { signal } : {}),
  });
  return read<T>(response);
}

/** The same, of what a server need not have: nothing if it is not there, or not for this caller. */
export async function callIfThere<T>(
  method: string,
  params: object,
  signal?: AbortSignal,
): Promise<T | null> {
  try {
    return await call<T>(method, params, signal);
  } catch (error) {
    if (error instanceof Trouble && (error.kind === "missing" || error.kind === "forbidden")) {
      return null;
    }
    throw error;
  }
}

export interface Readiness {
  ready: boolean;
  recovery?: string;
  ownership?: string;
  journal?: string;
  store?: string;
}

/** What `/readyz` says, also when that is "no". */
export async function readiness(signal: AbortSignal): Promise<Readiness> {
  const response = await send("/readyz", { signal });
  const body = await response.json();
  return body.success ? body.data : { ready: false, ...body.error.details };
}

export type Series = { labels: Record<string, string>; value: number };

/** The metrics of these names. */
export async function metrics(
  names: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, Series[]>> {
  const response = await send("/metrics", { headers: headers(), signal });
  if (!response.ok) {
    return read(response);
  }
  const found = new Map<string, Series[]>(names.map((name) => [name, []]));
  for (const line of (await response.text()).split("\n")) {
    const parts = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line);
    const series = parts?.[1] === undefined ? undefined : found.get(parts[1]);
    if (parts && series) {
      const labels: Record<string, string> = {};
      for (const [, name, value] of (parts[2] ?? "").matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)) {
        labels[name as string] = (value as string).replace(/\\(.)/g, "$1");
      }
      series.push({ labels, value: Number(parts[3]) });
    }
  }
  return found;
}
