// SPDX-License-Identifier: Apache-2.0
// How amounts and instants are written. Amounts are whole numbers up to 2^63-1 and stay such.
import { forever, type Wide } from "./wire";

const whole = new Intl.NumberFormat();
const short = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 });
const twoDigits = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
const percent = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 });

export function count(value: Wide | bigint | number): string {
  return whole.format(typeof value === "string" ? BigInt(value) : value);
}

/** Three digits, for numbers that nobody adds up. */
export function roughly(value: number): string {
  return value >= 1000 ? whole.format(Math.round(value)) : short.format(value);
}

/** A whole number as it is, or as somebody remembers it: 1.25 million. */
export function compact(value: number): string {
  return new Intl.NumberFormat(undefined, {
    notation: "compact",
    maximumSignificantDigits: 3,
  }).format(value);
}

function scaled(value: bigint, steps: readonly (readonly [bigint, string])[]): string {
  for (const [step, unit] of steps) {
    if (value >= step) {
      return `${twoDigits.format(Number((value * 100n) / step) / 100)} ${unit}`;
    }
  }
  return "";
}

const byteSteps = [
  [1_000_000_000_000n, "TB"],
  [1_000_000_000n, "GB"],
  [1_000_000n, "MB"],
  [1_000n, "KB"],
] as const;

export function money(micros: Wide | bigint, currency: string): string {
  const value = BigInt(micros);
  try {
    return new Intl.NumberFormat(undefined, {
      style: "currency",
      currency,
      maximumFractionDigits: value !== 0n && value < 10_000n ? 6 : 2,
    }).format(Number(value) / 1e6);
  } catch {
    return `${twoDigits.format(Number(value) / 1e6)} ${currency}`;
  }
}

/** An amount in its meter's unit: as it is read, and exactly. */
export function amount(
  of: Wide | bigint,
  unit: string,
  currency = "USD",
): { text: string; exact: string } {
  const value = BigInt(of);
  const plain = `${count(value)} ${unit}${value === 1n || unit === "" ? "" : "s"}`;
  switch (unit) {
    case "byte":
      return { text: scaled(value, byteSteps) || `${count(value)} B`, exact: plain };
    case "second":
      return {
        text:
          scaled(value, [
            [3600n, "h"],
            [60n, "min"],
          ]) || `${count(value)} s`,
        exact: plain,
      };
    case "micro":
      return { text: money(value, currency), exact: `${count(value)} millionths` };
    default:
      return { text: plain, exact: plain };
  }
}

/** An amount beside an axis. */
export function axis(value: number, unit: string, currency: string): string {
  return unit === "byte" || unit === "second" || unit === "micro"
    ? amount(BigInt(Math.round(value)), unit, currency).text.replace(/[.,]00(?= )/, "")
    : compact(value);
}

export function share(of: bigint, all: bigint): string {
  return all === 0n ? "–" : percent.format(Number(of) / Number(all));
}

/** Nanoseconds of the wire in milliseconds. */
export function toMs(ns: Wide): number {
  return Number(BigInt(ns) / 1_000_000n);
}

export function toNs(ms: number): string {
  return (BigInt(Math.round(ms)) * 1_000_000n).toString();
}

const withYear = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const withoutYear = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});
const weekday = new Intl.DateTimeFormat(undefined, {
  weekday: "short",
  day: "numeric",
  month: "short",
});
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const fullDate = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

/** In the local zone. */
export const localTime = {
  full: (ms: number) => withYear.format(ms),
  short: (ms: number) => withoutYear.format(ms),
  clock: (ms: number) => clock.format(ms),
  date: (ms: number) => date.format(ms),
  fullDate: (ms: number) => fullDate.format(ms),
  /** `Mon, 23 Nov at 14:00` */
  spoken: (ms: number) => `${weekday.format(ms)} at ${clock.format(ms)}`,
};

export function utc(ms: number): string {
  return `${new Date(ms).toISOString().replace("T", " ").slice(0, 19)} UTC`;
}

/** `3 d 4 h`, `12 min`, `850 ms`; two parts at most. */
export function duration(ms: number): string {
  const parts: [number, string][] = [
    [86_400_000, "d"],
    [3_600_000, "h"],
    [60_000, "min"],
    [1_000, "s"],
  ];
  for (const [i, [size, name]] of parts.entries()) {
    if (ms >= size) {
      const below = parts[i + 1];
      const rest = below ? Math.floor((ms % size) / below[0]) : 0;
      return `${count(Math.floor(ms / size))} ${name}${below && rest ? ` ${rest} ${below[1]}` : ""}`;
    }
  }
  return ms <= 0 ? "0 s" : ms < 1 ? "under 1 ms" : `${Math.round(ms)} ms`;
}

export function isNever(ns: Wide): boolean {
  return ns === forever;
}

/** A word of the schema for people: `dedicatedSchema` to `dedicated schema`. */
export function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replace(/_/g, " ");
}
