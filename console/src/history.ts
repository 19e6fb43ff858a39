// SPDX-License-Identifier: Apache-2.0
// The history of a meter as a row of buckets without gaps, which is what a chart needs.
import { call } from "./api";
import { localTime, toMs, toNs } from "./format";
import type { Granularity, Tenant, UsagePoint } from "./wire";

export interface Bucket {
  startMs: number;
  used: bigint;
  allowed: bigint;
  denied: bigint;
  throttled: bigint;
  overage: bigint;
}

interface Span {
  name: string;
  /** For people. */
  span: string;
  stepMs: number;
  buckets: number;
  from: (nowMs: number) => number;
  /** At round times only. */
  tick: (ms: number) => string | undefined;
}

function span(
  name: string,
  text: string,
  stepMs: number,
  buckets: number,
  tick: Span["tick"],
): Span {
  return {
    name,
    span: text,
    stepMs,
    buckets,
    from: (nowMs) => (Math.floor(nowMs / stepMs) - buckets + 1) * stepMs,
    tick,
  };
}

// Days are those of UTC, so they are named by it.
const utcDay = (ms: number) =>
  new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" }).format(
    ms,
  );

export const spans: Record<Granularity, Span> = {
  minute: span("Minutes", "the last 3 hours by minute", 60_000, 180, (ms) =>
    new Date(ms).getMinutes() % 15 === 0 ? localTime.clock(ms) : undefined,
  ),
  hour: span("Hours", "the last 7 days by hour", 3_600_000, 168, (ms) =>
    new Date(ms).getHours() === 0 ? localTime.date(ms) : undefined,
  ),
  day: span("Days", "the last 90 days by day of UTC", 86_400_000, 90, (ms) =>
    [1, 8, 15, 22].includes(new Date(ms).getUTCDate()) ? utcDay(ms) : undefined,
  ),
};

const pointsMax = 3_500;

/**
 * What a tenant used in the span, of a meter or of its parts by a label, and the server's time. An
 * answer that is full is followed by one from its last bucket on.
 */
export async function loadHistory(
  tenant: Tenant,
  asked: { meter: number; granularity: Granularity; label?: string },
  signal: AbortSignal,
): Promise<{ points: UsagePoint[]; nowMs: number }> {
  const whose = { tenant: { id: tenant.id } };
  const { nowNs } = await call<{ nowNs: string }>("usage", whose, signal);
  const nowMs = toMs(nowNs);
  const earlier: UsagePoint[] = [];
  for (let fromNs = toNs(spans[asked.granularity].from(nowMs)); ; ) {
    const { points = [] } = await call<{ points?: UsagePoint[] }>(
      "history",
      { ...whose, ...asked, fromNs, pointsMax },
      signal,
    );
    const last = points[points.length - 1]?.startNs;
    if (points.length < pointsMax || last === undefined || last === fromNs) {
      return { points: [...earlier, ...points], nowMs };
    }
    earlier.push(...points.filter((point) => point.startNs !== last));
    fromNs = last;
  }
}

/** What was done under one value of a label, or under all that are not told apart. */
export interface ValueOfLabel {
  key: string;
  /** Empty: of requests without the label. */
  value: string;
  others: boolean;
  used: bigint;
  checks: bigint;
  refused: bigint;
  buckets: Bucket[];
}

/** Those that used most first; what is not told apart last. */
export function valuesOf(
  points: readonly UsagePoint[],
  granularity: Granularity,
  nowMs: number,
): ValueOfLabel[] {
  const byValue = new Map<string, UsagePoint[]>();
  for (const point of points) {
    const key = `${point.part?.others ?? false} ${point.part?.value ?? ""}`;
    const same = byValue.get(key);
    if (same) {
      same.push(point);
    } else {
      byValue.set(key, [point]);
    }
  }
  const all = [...byValue].map(([key, mine]) => {
    const buckets = bucketsOf(mine, granularity, nowMs);
    const sum = (pick: (bucket: Bucket) => bigint) =>
      buckets.reduce((before, bucket) => before + pick(bucket), 0n);
    return {
      key,
      value: mine[0]?.part?.value ?? "",
      others: mine[0]?.part?.others ?? false,
      used: sum((bucket) => bucket.used),
      checks: sum((bucket) => bucket.allowed + bucket.denied + bucket.throttled),
      refused: sum((bucket) => bucket.denied + bucket.throttled),
      buckets,
    };
  });
  return all.sort((a, b) =>
    a.others !== b.others
      ? Number(a.others) - Number(b.others)
      : a.used !== b.used
        ? Number(b.used > a.used) - Number(b.used < a.used)
        : a.value.localeCompare(b.value),
  );
}

export function bucketsOf(
  points: readonly UsagePoint[],
  granularity: Granularity,
  nowMs: number,
): Bucket[] {
  const { stepMs, buckets, from } = spans[granularity];
  const start = from(nowMs);
  const all: Bucket[] = Array.from({ length: buckets }, (_, i) => ({
    startMs: start + i * stepMs,
    used: 0n,
    allowed: 0n,
    denied: 0n,
    throttled: 0n,
    overage: 0n,
  }));
  for (const point of points) {
    const bucket = all[Math.floor((toMs(point.startNs) - start) / stepMs)];
    if (bucket !== undefined) {
      bucket.used += BigInt(point.used);
      bucket.allowed += BigInt(point.allowed);
      bucket.denied += BigInt(point.denied);
      bucket.throttled += BigInt(point.throttled);
      bucket.overage += BigInt(point.overage);
    }
  }
  return all;
}
