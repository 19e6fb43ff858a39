// SPDX-License-Identifier: Apache-2.0
// Pictures of all pages, for people to look at:
//   node screenshots.mjs DIRECTORY      with what the harness needs in the environment
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Browser, Served, signIn } from "./harness.mjs";
import { seed, start } from "./seed.mjs";

const directory = process.argv[2];
if (!directory) {
  console.error("usage: node screenshots.mjs DIRECTORY");
  process.exit(2);
}
mkdirSync(directory, { recursive: true });

const looks = [
  ["light", { width: 1280, height: 800 }],
  ["dark", { width: 1280, height: 800, dark: true }],
  ["phone", { width: 360, height: 740 }],
];
const pages = [
  ["overview", "", "[data-panel=tiers] li"],
  ["tenants", "tenants", "[data-panel=tenants] tbody tr"],
  ["nobody", "tenants?text=nobody-is-called-so", ".empty"],
  ["limits", "tenants/acme/limits", "[data-limit=tokens] .gauge"],
  ["history-hour", "tenants/acme/history?meter=2&by=hour", ".chart rect"],
  ["history-minute", "tenants/acme/history?meter=2&by=minute", ".chart rect"],
  ["parts", "tenants/acme/history?meter=2&by=hour&label=user", "[data-panel=parts] rect"],
  ["history-day", "tenants/acme/history?meter=2&by=day", ".chart rect"],
  ["members", "tenants/acme/members", "[data-panel=members] tbody tr"],
  ["sharing", "tenants/acme/sharing", "[data-panel=given] tbody tr"],
  ["audit", "tenants/acme/audit", "[data-panel=audit] tbody tr"],
  ["tenant-alerts", "tenants/acme/alerts", "[data-panel=alerts] li"],
  ["suspended", "tenants/vandelay/limits", "[data-limit]"],
  ["alerts", "alerts", "[data-panel=alerts] li"],
  ["no-such-tenant", "tenants/nobody/limits", "[role=alert]"],
];

const served = await Served.start(["--auth", "required", "--simulated-time", start]);
const browser = await Browser.start();
try {
  await seed(served);
  for (const [look, options] of looks) {
    const page = await browser.look(options);
    await page.goto(served.console);
    await page.getByLabel("API key or token").waitFor();
    await page.screenshot({ path: join(directory, `${look}-sign-in.png`) });
    await signIn(page, served);
    for (const [name, hash, there] of pages) {
      await page.goto(`${served.console}#/${hash}`);
      await page.locator(there).first().waitFor({ state: "attached" });
      await page.waitForLoadState("networkidle");
      await page.screenshot({ path: join(directory, `${look}-${name}.png`), fullPage: true });
    }
    for (const complaint of page.complaints) {
      console.error(`${look}: ${complaint}`);
    }
    await page.context().close();
  }
} finally {
  await browser.stop();
  await served.stop();
}
