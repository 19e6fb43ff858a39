// SPDX-License-Identifier: Apache-2.0
// What a server decides: totals, and how fast they grow.
import { toMs } from "./format";
import type { Status, Wide } from "./wire";

export interface Totals {
  atMs: number;
  uptimeMs: number;
  allowed: number;
  denied: number;
  throttled: number;
  unknown: number;
  other: number;
}

export interface Flow {
  atMs: number;
  perSecond: number;
  /** Of 1: denied or throttled. */
  refusedShare: number;
}

export function totalsOf(status: Status): Totals {
  const sum = (pick: (reactor: NonNullable<Status["reactors"]>[number]) => Wide) =>
    (status.reactors ?? []).reduce((all, reactor) => all + Number(pick(reactor)), 0);
  return {
    atMs: toMs(status.nowNs),
    uptimeMs: toMs(status.uptimeNs),
    allowed: sum((reactor) => reactor.allowed),
    denied: sum((reactor) => reactor.denied),
    throttled: sum((reactor) => reactor.throttled),
    unknown: sum((reactor) => reactor.unknownTenant),
    other: sum((reactor) => reactor.otherOutcomes),
  };
}

/** Nothing if no time went by, or the server was started again. */
export function flowBetween(before: Totals, after: Totals): Flow | undefined {
  const seconds = (after.uptimeMs - before.uptimeMs) / 1000;
  const grown = (pick: (totals: Totals) => number) => pick(after) - pick(before);
  const refused = grown((totals) => totals.denied + totals.throttled);
  const all = refused + grown((totals) => totals.allowed + totals.unknown + totals.other);
  if (seconds <= 0 || all < 0) {
    return undefined;
  }
  return { atMs: after.atMs, perSecond: all / seconds, refusedShare: all > 0 ? refused / all : 0 };
}
