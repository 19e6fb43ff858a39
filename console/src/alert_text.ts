// SPDX-License-Identifier: Apache-2.0
// What alerts say, in a sentence each: docs/alerts.md has what their data means.
import { amount, localTime, toMs } from "./format";
import type { Tone } from "./ui";
import type { Alert, Meter } from "./wire";

export const alertKinds: readonly string[] = [
  "quota.threshold",
  "usage.unusual",
  "trial.ending",
  "trial.ended",
  "tenant.suspended",
  "tenant.reactivated",
  "tenant.deactivated",
  "tenant.restored",
  "access.violation",
  "payment.failed",
  "payment.recovered",
  "webhook.test",
];

export function toneOfAlert(kind: string): Tone {
  switch (kind) {
    case "quota.threshold":
    case "usage.unusual":
    case "trial.ending":
    case "trial.ended":
    case "tenant.suspended":
      return "warn";
    case "access.violation":
    case "payment.failed":
    case "tenant.deactivated":
      return "bad";
    case "payment.recovered":
    case "tenant.reactivated":
    case "tenant.restored":
      return "good";
    default:
      return "plain";
  }
}

function dataOf(alert: Alert): Record<string, unknown> {
  try {
    return JSON.parse(alert.data || "{}");
  } catch {
    return {};
  }
}

/** The webhook's `data` has plain numbers; those beyond 2^53 are rounded here, which people forgive. */
function amountOf(value: unknown, unit: string): string {
  return typeof value === "number" ? amount(BigInt(Math.round(value)), unit).text : "?";
}

function meterOf(data: Record<string, unknown>, meters: readonly Meter[]) {
  const known = meters.find((meter) => meter.id === data.meter_id);
  return known ?? { name: String(data.meter ?? "a meter"), unit: "unit" };
}

export function sentenceOf(alert: Alert, meters: readonly Meter[]): string {
  const data = dataOf(alert);
  const text = (name: string) => (data[name] === undefined ? "" : String(data[name]));
  const because = (name: string) => (text(name) ? `: ${text(name)}` : "");
  switch (alert.kind) {
    case "quota.threshold": {
      const { unit } = meterOf(data, meters);
      return `${text("limit") || `limit ${text("limit_id")}`} reached ${text("percent")} %, ${amountOf(data.used, unit)} of ${amountOf(data.size, unit)}`;
    }
    case "usage.unusual": {
      const { name, unit } = meterOf(data, meters);
      return `${amountOf(data.used, unit)} of ${name} in an hour, where ${amountOf(data.expected, unit)} is usual`;
    }
    case "trial.ending":
      return `its trial ends within ${text("days")} days`;
    case "trial.ended":
      return "its trial has ended";
    case "tenant.suspended":
      return `was suspended${because("reason")}`;
    case "tenant.reactivated":
      return "was reactivated";
    case "tenant.deactivated":
      return data.purge_at_ns
        ? `was deactivated, and is purged on ${localTime.fullDate(toMs(text("purge_at_ns")))}`
        : "was deactivated";
    case "tenant.restored":
      return "was restored";
    case "access.violation":
      return `${text("name") || text("kind") || "somebody"} asked for ${text("wanted")} and was refused`;
    case "payment.failed":
      return `payment ${text("reference")} failed`;
    case "payment.recovered":
      return `payment ${text("reference")} came in`;
    case "webhook.test":
      return `a test of ${text("url")}`;
    default:
      return alert.kind;
  }
}
