// SPDX-License-Identifier: Apache-2.0
// How a bar of usage is drawn: shares of its length.
import type { LimitUsage, Rule, Wide } from "./wire";

export interface Gauge {
  used: number;
  held: number;
  /** Where the soft limit is, if there is one. */
  soft: number | undefined;
  /** Where the limit is: at the end, or before it when more is used than it has. */
  hard: number;
  /** Of the limit; above 1 when it is passed. */
  fullness: number;
  tone: "good" | "warn" | "bad";
}

/** What can be used at most; nothing if there is no such number. */
function sizeOf(rule: Rule): bigint | undefined {
  if (rule.window) {
    return rule.window.unlimited ? undefined : BigInt(rule.window.size);
  }
  const size = rule.rate?.burst ?? rule.sliding?.size ?? rule.concurrency?.size;
  return size === undefined ? undefined : BigInt(size);
}

function share(part: bigint, whole: bigint): number {
  return whole > 0n ? Number((part * 100_000n) / whole) / 100_000 : 0;
}

/** Nothing for what has no size, and for a limit with a count for each label: it has none itself. */
export function gaugeOf(usage: LimitUsage): Gauge | undefined {
  const { limit } = usage;
  if (limit.per?.length) {
    return undefined;
  }
  const given = (usage.grants ?? []).reduce((all, grant) => all + BigInt(grant.balance), 0n);
  const used = BigInt(usage.used);
  const held = BigInt(usage.held);
  const rule = limit.override?.rule ?? limit.rule;
  const size = "credit" in rule ? used + held + given : sizeOf(rule);
  if (size === undefined) {
    return undefined;
  }
  const taken = used + held;
  const whole = taken > size ? taken : size;
  const from = limit.override ?? limit;
  const soft: Wide | undefined = from.hasSoftLimit ? from.softLimit : undefined;
  const fullness = size > 0n ? share(taken, size) : taken > 0n ? 1 : 0;
  return {
    used: share(used, whole),
    held: share(held, whole),
    soft: soft === undefined || size === 0n ? undefined : share(BigInt(soft), whole),
    hard: whole > 0n ? share(size, whole) : 1,
    fullness,
    tone:
      fullness >= 1 && taken > 0n
        ? "bad"
        : soft !== undefined && taken >= BigInt(soft) && taken > 0n
          ? "warn"
          : "good",
  };
}
