// SPDX-License-Identifier: Apache-2.0
// What the server's answers look like, as far as this console reads them: protocol/sluice.capnp is
// the manual. Numbers of 64 bits are texts, ids of tenants UUIDs.

export type Wide = string;

export interface Meter {
  id: number;
  name: string;
  unit: string;
}

export type TenantStatus = "trial" | "active" | "suspended" | "deactivated";
export const tenantStatuses: readonly TenantStatus[] = [
  "active",
  "trial",
  "suspended",
  "deactivated",
];

export interface Life {
  status: TenantStatus;
  trialEndsAtNs: Wide;
  suspendedAtNs: Wide;
  suspendReason: string;
  deactivatedAtNs: Wide;
  purgeAtNs: Wide;
}

export interface WindowRule {
  unlimited: boolean;
  size: Wide;
  period: string;
}

export interface Rule {
  window?: WindowRule;
  rate?: { amount: Wide; perNs: Wide; burst: Wide; refill: string };
  sliding?: { size: Wide; spanNs: Wide };
  concurrency?: { size: Wide; ttlNs: Wide };
  credit?: { period: string } | null;
}

export interface Limit {
  id: number;
  name: string;
  meter: number;
  enforcement: string;
  rule: Rule;
  hasSoftLimit: boolean;
  softLimit: Wide;
  shadow: boolean;
  per?: string[];
  when?: { label: string; negated: boolean; values: string[] }[];
  historyBy?: string[];
  override?: {
    rule: Rule;
    hasSoftLimit: boolean;
    softLimit: Wide;
    expiresAtNs: Wide;
    author: string;
    reason: string;
  };
  fromTier: boolean;
}

export interface Tenant {
  id: string;
  name: string;
  slug: string;
  tier: string;
  timezone: string;
  createdAtNs: Wide;
  version: Wide;
  limits?: Limit[];
  life: Life;
  region: string;
  currency: string;
  pendingTier?: { tier: string; atNs: Wide };
}

export interface Grant {
  terms: { amount: Wide; expiresAtNs: Wide };
  voidedAtNs: Wide;
  balance: Wide;
}

export interface LimitUsage {
  limit: Limit;
  used: Wide;
  remaining: Wide;
  resetsAtNs: Wide;
  overage: Wide;
  priceMicros: Wide;
  held: Wide;
  grants?: Grant[];
}

export interface Usage {
  tenant: Tenant;
  limits?: LimitUsage[];
  nowNs: Wide;
}

export interface Label {
  name: string;
  value: string;
}

export interface LabelCounter {
  idHigh: Wide;
  idLow: Wide;
  limit: string;
  meter: number;
  unlimited: boolean;
  idle: boolean;
  labels?: Label[];
  used: Wide;
  held: Wide;
  remaining: Wide;
  resetsAtNs: Wide;
}

export interface OpenHold {
  idHigh: Wide;
  idLow: Wide;
  kind: "reservation" | "lease";
  madeAtNs: Wide;
  expiresAtNs: Wide;
  charges?: { meter: number; held: Wide; used: Wide }[];
  labels?: Label[];
}

export type Granularity = "minute" | "hour" | "day";

export interface UsagePoint {
  meter: number;
  startNs: Wide;
  used: Wide;
  allowed: Wide;
  denied: Wide;
  throttled: Wide;
  overage: Wide;
  /** Of which requests; not there: of all. */
  part?: { label: string; value: string; others: boolean };
}

export interface LimitForecast {
  limit: number;
  basis: "nothing" | "hours" | "minutes" | "window";
  size: Wide;
  untilNs: Wide;
  pacePerHour: Wide;
  lastDay: Wide;
  dayBefore: Wide;
  projected: Wide;
  projectedAtNs: Wide;
  exhaustedAtNs: Wide;
  hoursSeen: number;
}

export interface TopTenant {
  id: string;
  slug: string;
  name: string;
  tier: string;
  sum: Wide;
}

export interface UnusualMeter {
  meter: number;
  hoursJudged: number;
  hours?: {
    startNs: Wide;
    used: Wide;
    expected: Wide;
    lowest: Wide;
    highest: Wide;
    weeks: number;
  }[];
}

export interface Reactor {
  allowed: Wide;
  denied: Wide;
  unknownTenant: Wide;
  otherOutcomes: Wide;
  throttled: Wide;
  residentTenants: Wide;
  dirtyTenants: Wide;
  connections: Wide;
  writeBehindLagNs: Wide;
  journalBytes: Wide;
}

export interface Status {
  server: string;
  nowNs: Wide;
  uptimeNs: Wide;
  simulatedTime: boolean;
  reactors?: Reactor[];
  busiest?: { id: string; checksPerSecond: Wide; denied: Wide }[];
  epoch: Wide;
  owner: boolean;
  hasLease: boolean;
  leaseLeftNs: Wide;
}

export interface Alert {
  number: Wide;
  id: string;
  tenant: string | null;
  kind: string;
  atNs: Wide;
  data: string;
  pending: number;
  delivered: number;
  dead: number;
}

export interface AlertDelivery {
  alert: string;
  owner: string;
  url: string;
  state: string;
  attempts: number;
  nextNs: Wide;
  trouble: string;
}

export interface Member {
  userId: string;
  email: string;
  role: string;
  status: string;
  invitedAtNs: Wide;
  hasJoined: boolean;
  joinedAtNs: Wide;
}

export interface AuditEvent {
  number: Wide;
  atNs: Wide;
  kind: string;
  name: string;
  credential: string;
  address: string;
  action: string;
  subject: string;
  before: string;
  after: string;
}

export interface SharingUuid {
  high: Wide;
  low: Wide;
}

export interface SharingPolicy {
  id: SharingUuid;
  owner: string | null;
  resourceType: string;
  resourceId: string;
  title: string;
  visibility: string;
  permissions: number;
  requiresApproval: boolean;
  maxConsumers: number;
  hasExpiry: boolean;
  expiresAtNs: Wide;
  pricing?: { kind: string; currency: string };
}

export interface SharingRequest {
  id: SharingUuid;
  policy: SharingUuid;
  owner: string;
  consumer: string;
  permissions: number;
  message: string;
  reason: string;
  state: string;
  createdAtNs: Wide;
  hasExpiry: boolean;
  expiresAtNs: Wide;
}

export interface SharingStatement {
  grant: SharingUuid;
  owner: string;
  consumer: string;
  resourceType: string;
  resourceId: string;
  periodStartNs: Wide;
  periodEndNs: Wide;
  uses: Wide;
  units: Wide;
  currency: string;
  amountMicros: Wide;
  ownerMicros: Wide;
  running: boolean;
}

/** 2^63-1 stands for "never", and for "no end". */
export const forever = "9223372036854775807";

/** A UUID that the schema has as two words. */
export function uuidOf(words: SharingUuid): string {
  const hex = (word: Wide) => BigInt(word).toString(16).padStart(16, "0");
  const all = hex(words.high) + hex(words.low);
  return [8, 12, 16, 20, 32].map((end, i, ends) => all.slice(i ? ends[i - 1] : 0, end)).join("-");
}

/** A tenant by what stands in an address: its id, or its slug. */
export function tenantRef(text: string): { id: string } | { slug: string } {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) ? { id: text } : { slug: text };
}
