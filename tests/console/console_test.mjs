// SPDX-License-Identifier: Apache-2.0
// Goal    Whoever opens the console sees what the server says, by the permissions of the credential,
//         on a screen of any size.
// Method  A real browser in front of the real binary, on a clock that only the test moves.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { Browser, Receiver, Served, signIn, until } from "./harness.mjs";
import { seed, start } from "./seed.mjs";

const directory = mkdtempSync(join(tmpdir(), "sluice-console-test."));
let receiver;
let served;
let browser;
let page;

before(async () => {
  receiver = await Receiver.start(410);
  const flags = ["--auth", "required", "--simulated-time", start];
  served = await Served.start([...flags, ...receiver.flags(directory)]);
  [browser] = await Promise.all([Browser.start(), seed(served)]);
});

after(async () => {
  await browser?.stop();
  await served?.stop();
  receiver?.stop();
  rmSync(directory, { recursive: true, force: true });
});

beforeEach(async () => {
  page = await browser.look();
});

afterEach(async () => {
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

/** Signed in, at a page. */
async function at(hash) {
  await signIn(page, served);
  await page.goto(`${served.console}#/${hash}`);
}

const panel = (name) => page.locator(`[data-panel="${name}"]`);
const row = (name, text) => panel(name).locator("tbody tr", { hasText: text });

test("asks for a credential, and says why one is not taken", async () => {
  await page.goto(served.console);
  await page.getByLabel("API key or token").fill("slk_this_is_none");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("The server does not take this credential").waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
});

test("keeps the credential in the tab alone, and forgets it on request", async () => {
  await signIn(page, served);
  assert.equal(await page.evaluate(() => localStorage.length + document.cookie.length), 0);
  await page.reload();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in to Sluice" }).waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
});

test("shows whoever is locked out while he looks that he is", async () => {
  const { text, key } = await served.operator("createKey", {
    draft: { name: "for a while", kind: "operator", scopes: "*:read", allTenants: true },
  });
  await signIn(page, { ...served, console: served.console, key: text });
  await served.operator("revokeKey", { id: key.id });
  await page.getByRole("heading", { name: "Sign in to Sluice" }).waitFor();
  assert.notEqual((await page.locator("#said").textContent()).trim(), "");
});

test("asks for nothing where the server asks for nothing", async () => {
  const open = await Served.start();
  try {
    await page.goto(open.console);
    await page.getByText("There are no tenants yet").waitFor();
    assert.equal(await page.getByRole("button", { name: "Sign out" }).count(), 0);
  } finally {
    await open.stop();
  }
});

test("shows the state of the server and of its tenants", async () => {
  await signIn(page, served);
  await panel("health").getByText("ready").waitFor();
  await panel("tiers").locator("li", { hasText: "enterprise" }).waitFor();
  await panel("figures").getByText("60", { exact: true }).waitFor();
  await panel("latest-alerts").locator("li").first().waitFor();
  const allowed = panel("decisions").locator("li", { hasText: "Allowed" });
  assert.match(await allowed.textContent(), /[1-9],\d{3}/);
});

test("says what a credential does not allow, and opens what it does", async () => {
  const { id } = await served.operator("showTenant", { tenant: { slug: "globex" } });
  const { text } = await served.operator("createKey", {
    draft: {
      name: "one tenant",
      kind: "operator",
      scopes: "usage:read tenant:read",
      tenants: [id],
    },
  });
  await signIn(page, { ...served, console: served.console, key: text });
  await panel("latest-alerts").getByText("does not allow").waitFor();
  assert.equal(await panel("top").count(), 0);
  await page.getByRole("link", { name: "Tenants", exact: true }).click();
  await page.getByLabel("Open a tenant by slug or id").fill("globex");
  await page.getByRole("button", { name: "Open" }).click();
  await page.getByRole("heading", { name: "Globex" }).waitFor();
  await page.getByRole("link", { name: "Members" }).click();
  await panel("members").getByText("does not allow").waitFor();
});

test("lists tenants by pages, and finds them by text, tier and state", async () => {
  await at("tenants");
  const rows = panel("tenants").locator("tbody tr");
  await until("a page", async () => (await rows.count()) === 50);
  await page.getByRole("button", { name: "Show more" }).click();
  await until("all", async () => (await rows.count()) === 60);
  await page.getByLabel("Search").fill("acme");
  await until("the one", async () => (await rows.count()) === 1);
  await page.getByLabel("Search").fill("");
  await page.getByLabel("State").selectOption("suspended");
  await row("tenants", "Vandelay").waitFor();
  await page.getByLabel("Tier").selectOption("enterprise");
  await page.getByText("No tenant matches").waitFor();
});

test("moves the bar of a limit when a check was charged", async () => {
  await at("tenants/acme");
  const used = page.locator('[data-limit="tokens"] [data-used]');
  await used.waitFor();
  const before = BigInt(await used.getAttribute("data-used"));
  const width = () =>
    page.locator('[data-limit="tokens"] .gauge .used').evaluate((bar) => bar.style.width);
  const widthBefore = await width();
  await served.spend("acme", "llm_tokens", 120_000);
  await until("the bar", async () => {
    return BigInt(await used.getAttribute("data-used")) === before + 120_000n;
  });
  assert.ok(Number.parseFloat(await width()) > Number.parseFloat(widthBefore));
  await page.locator('[data-limit="tokens"] .mark.soft').waitFor({ state: "attached" });
  await page.locator('[data-limit="tokens"]').getByText("240,000 tokens held").waitFor();
  await page.locator('[data-limit="tokens"]').getByText("resets in").waitFor();
});

test("lists what is open, and the counters of limits by label", async () => {
  await served.post("/v1/check", {
    tenant: "acme",
    meter: "llm_tokens",
    amount: 7,
    labels: { user: "ann" },
  });
  await at("tenants/acme");
  await row("reservations", "llm_tokens").getByText("240,000 tokens").waitFor();
  await row("counters", "user=ann").getByText("in use").waitFor();
});

test("tells when a limit is used up, at the present pace", async () => {
  await at("tenants/acme");
  const forecast = page.locator('[data-limit="tokens"] .forecast');
  await forecast.getByText(/At this pace, empty on .* at \d\d:\d\d/).waitFor();
  await page.locator('[data-limit="api_requests"] .forecast').getByText("when it resets").waitFor();
});

test("names those who used most, and whose last day was unusual", async () => {
  await signIn(page, served);
  await panel("top").locator("li", { hasText: "globex" }).waitFor();
  await panel("top").getByLabel("Meter").selectOption("storage_bytes");
  await panel("top").locator("li", { hasText: "GB" }).first().waitFor();
  await panel("unusual").locator("li", { hasText: "initech" }).first().waitFor();
});

test("draws what was used by hour, by minute and by day", async () => {
  await at("tenants/acme/history?meter=2");
  const bars = page.locator(".chart").first().locator("rect.used");
  await until("hours", async () => (await bars.count()) === 168);
  await page.getByText("Days", { exact: true }).click();
  await until("days", async () => (await bars.count()) === 90);
  await page.getByText("Minutes", { exact: true }).click();
  await until("minutes", async () => (await bars.count()) === 180);
  const chart = page.getByRole("group", { name: /llm_tokens used/ });
  await chart.focus();
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowLeft");
  await page.locator("figcaption", { hasText: "tokens used" }).first().waitFor();
  await page.getByText("As a table").click();
  await panel("history").locator("tbody tr").first().waitFor();
});

test("splits what was used by the values of a label, where history is kept by it", async () => {
  await at("tenants/acme/history?meter=2");
  await page.getByLabel("Split by").selectOption("user");
  const parts = panel("parts");
  const rows = parts.locator("tbody tr");
  await until("all values", async () => (await rows.count()) >= 7);
  assert.match(await rows.first().textContent(), /bea.*tokens.*\d%/);
  await row("parts", "without the label").waitFor();
  for (const look of ["part-1", "part-5", "part-rest"]) {
    await until(look, async () => (await parts.locator(`rect.${look}`).count()) === 168);
  }
  await parts.locator(".legend", { hasText: "bea" }).waitFor();
  await parts.getByRole("group", { name: /used by user/ }).focus();
  await page.keyboard.press("End");
  for (let hour = 0; hour < 3; ++hour) {
    await page.keyboard.press("ArrowLeft");
  }
  await parts.locator("figcaption", { hasText: /bea .* tokens, carlos/ }).waitFor();
  await page.getByLabel("Split by").selectOption("model");
  await row("parts", "small").waitFor();
  await page.getByText("Days", { exact: true }).click();
  await until("days", async () => (await parts.locator("rect.part-1").count()) === 90);
  assert.match(page.url(), /label=model/);
  await page.getByLabel("Meter").selectOption({ label: "api_requests" });
  await parts.waitFor({ state: "detached" });
  assert.equal(await page.getByLabel("Split by").count(), 0);
});

test("lists members with their roles and states", async () => {
  await at("tenants/acme/members");
  await row("members", "ada@acme.example").getByText("owner").waitFor();
  await row("members", "margaret@acme.example").getByText("invited").waitFor();
  await row("roles", "auditor").getByText("audit:read").waitFor();
  await page.getByLabel("Search").fill("linus");
  await until("one", async () => (await panel("members").locator("tbody tr").count()) === 1);
});

test("shows what is shared, asked for, used and owed", async () => {
  await at("tenants/acme/sharing");
  await row("policies", "model/robot-arm-7b").getByText("read, execute").waitFor();
  await row("given", "globex").getByText("approved").waitFor();
  await row("given", "umbrella").getByText("pending").waitFor();
  await row("held", "api/geocoder").getByText("approved").waitFor();
  await row("statements", "globex").getByText("US$3").first().waitFor();
});

test("tells who changed what, the latest first", async () => {
  await at("tenants/acme/audit");
  const first = panel("audit").locator("tbody tr").first();
  await first.getByText("access.approved").waitFor();
  await row("audit", "tenant.created").locator("summary").click();
  await row("audit", "tenant.created").getByText("Acme Robotics").waitFor();
  await page.getByLabel("What", { exact: true }).fill("limit.put");
  await page.getByLabel("What", { exact: true }).press("Enter");
  await until("those", async () => (await panel("audit").locator("tbody tr").count()) === 3);
});

test("lists alerts and their deliveries, and sends what is dead again", async () => {
  await at("alerts?kind=payment.failed");
  const alert = panel("alerts").locator("[data-alert]");
  await alert.getByText("payment inv-2026-1187 failed").waitFor();
  await until("what the webhook refused", async () => {
    const { deliveries = [] } = await served.operator("alertDeliveries", { state: "dead" });
    return deliveries.some((delivery) => delivery.kind === "payment.failed");
  });
  await alert.locator("summary").click();
  await alert.getByText("dead").first().waitFor();
  const calls = receiver.calls;
  receiver.status = 200;
  await page.getByRole("button", { name: "Send again what is dead" }).click();
  await until("another call", () => receiver.calls > calls);
  await alert.getByText("delivered").first().waitFor();
});

test("suspends a tenant and reactivates it, each only when confirmed", async () => {
  await at("tenants/lab-07");
  await page.getByRole("button", { name: "Suspend…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  const status = async () =>
    (await served.operator("showTenant", { tenant: { slug: "lab-07" } })).life.status;
  assert.equal(await status(), "active");
  await page.getByRole("button", { name: "Suspend…" }).click();
  await page.getByLabel("Why").fill("a test");
  await page.getByRole("dialog").getByRole("button", { name: "Suspend" }).click();
  await page.getByText("a test").waitFor();
  assert.equal(await status(), "suspended");
  await page.getByRole("button", { name: "Reactivate…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Reactivate" }).click();
  await page.getByRole("button", { name: "Suspend…" }).waitFor();
  assert.equal(await status(), "active");
});

const everywhere = [
  ["", "health"],
  ["tenants", "tenants"],
  ["tenants/acme/limits", "limits"],
  ["tenants/acme/history?meter=2", "history"],
  ["tenants/acme/history?meter=2&label=user", "parts"],
  ["tenants/acme/members", "members"],
  ["tenants/acme/sharing", "statements"],
  ["tenants/acme/audit", "audit"],
  ["alerts", "alerts"],
];

/** How wide the page is beyond the screen. */
const overhang = () =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

test("fits on a phone of 360 pixels without scrolling sideways", async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto(served.console);
  await page.getByLabel("API key or token").waitFor();
  assert.equal(await overhang(), 0);
  await signIn(page, served);
  for (const [hash, there] of everywhere) {
    await page.goto(`${served.console}#/${hash}`);
    await panel(there).waitFor();
    await until("all of it", async () => (await page.locator("[aria-busy]").count()) === 0);
    assert.equal(await overhang(), 0, hash);
  }
});

/** By WCAG 2: how much lighter one colour is than the other. */
function contrast(one, other) {
  const luminance = (colour) =>
    colour
      .match(/[\d.]+/g)
      .slice(0, 3)
      .map((channel) => Number(channel) / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
      .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** Each text that is seen, with its colour and that of the nearest ground that has one. */
const textsWithColours = () =>
  page.evaluate(() =>
    [...document.querySelectorAll("#console *")]
      .filter((element) => element.checkVisibility?.() && element.closest(":disabled") === null)
      .filter((element) =>
        [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ""),
      )
      .map((element) => {
        const style = getComputedStyle(element);
        let below = element;
        let ground = "";
        while (below && (ground === "" || ground === "rgba(0, 0, 0, 0)")) {
          ground = getComputedStyle(below).backgroundColor;
          below = below.parentElement;
        }
        const colour = element instanceof SVGElement ? style.fill : style.color;
        return { text: element.textContent.trim().slice(0, 40), colour, ground };
      }),
  );

for (const dark of [false, true]) {
  test(`can be read ${dark ? "in the dark" : "by day"}: each text stands out by 4.5 to 1`, async () => {
    await page.emulateMedia({ colorScheme: dark ? "dark" : "light" });
    await signIn(page, served);
    for (const [hash, there] of everywhere) {
      await page.goto(`${served.console}#/${hash}`);
      await panel(there).waitFor();
      await until("all of it", async () => (await page.locator("[aria-busy]").count()) === 0);
      for (const { text, colour, ground } of await textsWithColours()) {
        assert.ok(contrast(colour, ground) >= 4.5, `${hash}: "${text}", ${colour} on ${ground}`);
      }
    }
  });
}

test("is served with what keeps other sites and scripts out, and as files that keep", async () => {
  const index = await fetch(served.console);
  assert.equal(index.status, 200);
  assert.match(
    index.headers.get("content-security-policy"),
    /default-src 'self'.*frame-ancestors 'none'/,
  );
  assert.equal(index.headers.get("x-content-type-options"), "nosniff");
  assert.equal(index.headers.get("cache-control"), "no-cache");
  const script = /src="(console\.[0-9a-f]+\.js)"/.exec(await index.text())[1];
  const asset = await fetch(served.console + script);
  assert.match(asset.headers.get("cache-control"), /immutable/);
  assert.equal(asset.headers.get("content-encoding"), "gzip");
  const tag = asset.headers.get("etag");
  const known = await fetch(served.console + script, { headers: { "If-None-Match": tag } });
  assert.equal(known.status, 304);
  const moved = await fetch(`${served.url}/console`, { redirect: "manual" });
  assert.equal(moved.status, 308);
  for (const path of ["nothing.js", "..%2f..%2fetc%2fpasswd", "%2e%2e%2fhealthz"]) {
    assert.notEqual((await fetch(served.console + path)).status, 200, path);
  }
  const posted = await fetch(served.console, { method: "POST" });
  assert.equal(posted.status, 405);
});
