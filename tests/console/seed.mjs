// SPDX-License-Identifier: Apache-2.0
// A platform with some weeks behind it: tenants, what they spent hour by hour, members, what they
// share, alerts. Time is the server's simulated clock, so the weeks pass in seconds.
import { until } from "./harness.mjs";

export const start = "2026-10-25T00:00:00Z";
export const hours = 24 * 24 + 15;
const hoursByUser = 7 * 24;
const minuteNs = 60_000_000_000n;
const hourNs = 60n * minuteNs;

const acme = { slug: "acme" };

async function tenants(served) {
  const drafts = [
    {
      slug: "acme",
      name: "Acme Robotics",
      tier: "starter",
      timezone: "Europe/Berlin",
      region: "eu",
    },
    { slug: "globex", name: "Globex", tier: "professional", region: "us" },
    { slug: "initech", name: "Initech", tier: "enterprise", region: "us" },
    { slug: "umbrella", name: "Umbrella Health", tier: "professional", region: "eu" },
    { slug: "hooli", name: "Hooli", tier: "free", trialDays: 60 },
    { slug: "vandelay", name: "Vandelay Imports", tier: "free" },
  ];
  for (const draft of drafts) {
    await served.operator("createTenant", { draft });
  }
  for (let i = 1; i <= 54; ++i) {
    const slug = `lab-${String(i).padStart(2, "0")}`;
    await served.operator("createTenant", {
      draft: { slug, name: `Laboratory ${i}`, tier: i % 3 ? "free" : "starter" },
    });
  }
}

async function limits(served) {
  const put = (limit) => served.operator("putLimit", { tenant: acme, version: "0", limit });
  await put({
    name: "tokens",
    meter: 2,
    enforcement: "block",
    rule: { window: { size: "3000000", period: "month" } },
    hasSoftLimit: true,
    softLimit: "2400000",
    historyBy: ["user", "model"],
  });
  await put({
    name: "burst",
    meter: 1,
    enforcement: "block",
    rule: { rate: { amount: "50", perNs: "1000000000", burst: "200" } },
  });
  await put({
    name: "per-user",
    meter: 2,
    enforcement: "block",
    shadow: true,
    rule: { window: { size: "100000", period: "day" } },
    per: ["user"],
  });
}

/** Who uses how much of a hundred; one of them says it at length, one does not say who he is. */
const users = [
  ["bea", 42],
  ["carlos", 20],
  ["dora", 12],
  ["a-user-whose-id-was-made-by-a-directory-and-fills-a-whole-label", 10],
  ["emil", 7],
  ["fay", 5],
  ["", 4],
];

/** The same, by those who use it and with which model. */
function split({ amount, ...charge }) {
  return users.map(([user, share], i) => ({
    ...charge,
    amount: Math.round((amount * share) / 100),
    labels: { ...(user && { user }), model: i % 2 ? "small" : "large" },
  }));
}

/** What is spent in an hour of a day: little at night, most in the afternoon. */
function charges(hour) {
  const ofDay = hour % 24;
  const day = Math.floor(hour / 24);
  const weekend = [6, 0].includes((day + 0) % 7);
  const curve = Math.round(
    (weekend ? 30 : 100) * (0.25 + Math.max(0, Math.sin(((ofDay - 5) / 16) * Math.PI))),
  );
  const growth = 100 + day * 3;
  const busy = (curve * growth) / 100;
  const of = (tenant, meter, amount) => ({ tenant, meter, amount: Math.round(amount) });
  const tokens = of("acme", "llm_tokens", busy * 55);
  return [
    ...(hour >= hours - hoursByUser ? split(tokens) : [tokens]),
    of("acme", "api_requests", Math.min(200, busy)),
    of("acme", "api_requests", hour % 6 === 3 ? 999 : 1),
    of("globex", "api_requests", busy * 8),
    of("globex", "llm_tokens", busy * 20),
    of("initech", "api_requests", hour === hours - 5 ? busy * 60 : busy * 3),
    of("umbrella", "api_requests", busy * 2),
    of("umbrella", "storage_bytes", 40_000_000),
    of("hooli", "api_requests", busy / 6),
    of("vandelay", "gpu_seconds", 5),
  ];
}

async function weeks(served) {
  for (let hour = 0; hour < hours; ++hour) {
    await served.post("/v1/checks", { checks: charges(hour) });
    await served.operator("advanceClock", { byNs: hourNs.toString() });
  }
  // The minutes before now, so that there is something to see by minute.
  for (let minute = 0; minute < 90; ++minute) {
    const amount = Math.round(300 * (1 + Math.sin(minute / 9)));
    await served.post("/v1/checks", {
      checks: [
        { tenant: "acme", meter: "llm_tokens", amount },
        { tenant: "acme", meter: "api_requests", amount: minute % 8 === 7 ? 500 : 20 },
      ],
    });
    await served.operator("advanceClock", { byNs: minuteNs.toString() });
  }
  await served.post("/v1/checks", { checks: charges(13).slice(0, 2) });
  await served.post("/v1/record", {
    tenant: "acme",
    meter: "storage_bytes",
    amount: 8_700_000_000,
  });
  await served.post("/v1/record", { tenant: "acme", meter: "compute_seconds", amount: 391_300 });
  await served.post("/v1/reserve", {
    tenant: "acme",
    meter: "llm_tokens",
    amount: 240_000,
    ttl: "24h",
  });
}

async function people(served) {
  const add = (userId, email, role, invite = false) =>
    served.operator("addMember", { tenant: acme, userId, email, role, invite });
  await add("u-ada", "ada@acme.example", "owner");
  await add("u-grace", "grace@acme.example", "admin");
  await add("u-linus", "linus@acme.example", "member");
  await add("u-margaret", "margaret@acme.example", "viewer", true);
  await served.operator("putRole", {
    tenant: acme,
    role: { name: "auditor", permissions: "audit:read usage:read" },
  });
}

async function sharing(served) {
  const share = (slug, policy) => served.operator("putPolicy", { tenant: { slug }, policy });
  const own = await share("acme", {
    resourceType: "model",
    resourceId: "robot-arm-7b",
    title: "Robot arm control, 7B",
    visibility: "marketplace",
    permissions: 3,
    pricing: {
      kind: "usageBased",
      currency: "USD",
      period: "day",
      priceMicros: "250000",
      per: "1",
    },
  });
  await share("acme", {
    resourceType: "dataset",
    resourceId: "grasping-2026",
    title: "One million grasps",
    visibility: "owner",
    permissions: 1,
  });
  const theirs = await share("globex", {
    resourceType: "api",
    resourceId: "geocoder",
    title: "Geocoder",
    visibility: "marketplace",
    permissions: 3,
  });
  const ask = (slug, policy, message) =>
    served.operator("requestAccess", { tenant: { slug }, policy: policy.id, message });
  const granted = await ask("globex", own, "for the warehouse");
  await served.operator("approveAccess", { tenant: acme, request: granted.id, reason: "welcome" });
  await ask("umbrella", own, "a trial");
  const used = await ask("acme", theirs, "for routing");
  await served.operator("approveAccess", { tenant: { slug: "globex" }, request: used.id });
  const use = {
    tenant: "globex",
    resource: "model/robot-arm-7b",
    permission: "execute",
    meter: "api_requests",
    amount: 1,
  };
  for (let i = 0; i < 12; ++i) {
    await served.post("/v1/check", use);
  }
}

async function troubles(served) {
  await served.operator("changeLife", {
    tenant: { slug: "vandelay" },
    version: "0",
    event: { suspend: "unpaid since September" },
  });
  await served.operator("reportPayment", {
    tenant: { slug: "umbrella" },
    failed: true,
    reference: "inv-2026-1187",
  });
}

/** Everything above, and waits until the store has what was spent. */
export async function seed(served) {
  await tenants(served);
  await limits(served);
  await people(served);
  await weeks(served);
  await sharing(served);
  await troubles(served);
  // Minutes are kept for some weeks only, so the latest is what tells.
  const { nowNs } = await served.operator("usage", { tenant: acme });
  await until("the history in the store", async () => {
    const { points = [] } = await served.operator("history", {
      tenant: acme,
      meter: 2,
      granularity: "minute",
      fromNs: (BigInt(nowNs) - 2n * minuteNs).toString(),
    });
    return points.length > 0;
  });
}
