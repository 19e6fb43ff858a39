// SPDX-License-Identifier: Apache-2.0
// The real `sluiced` on ports that the system chooses, and a real browser in front of it.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

function needed(name) {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: run this by ctest -L console`);
  }
  return value;
}

const { chromium } = createRequire(join(needed("CONSOLE_MODULES"), "anchor.js"))("playwright-core");

const patienceMs = 60_000;

/** Asks until the answer is the one that is waited for. */
export async function until(what, ask, limitMs = patienceMs) {
  const end = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer) {
      return answer;
    }
    if (Date.now() > end) {
      throw new Error(`waited in vain for ${what}`);
    }
    await new Promise(setImmediate);
  }
}

/** A server with a data directory of its own, which is ready to answer. */
export class Served {
  static async start(flags = []) {
    const served = new Served();
    served.directory = mkdtempSync(join(tmpdir(), "sluice-console."));
    served.output = "";
    const words = ["--listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0", "--reactors", "1"];
    served.process = spawn(
      needed("SLUICED"),
      [...words, "--data-directory", join(served.directory, "data"), ...flags],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    served.ended = new Promise((resolve) => served.process.once("exit", resolve));
    await served.#ready();
    return served;
  }

  #ready() {
    return new Promise((resolve, reject) => {
      const failed = () => reject(new Error(`sluiced did not become ready:\n${this.output}`));
      const timer = setTimeout(failed, patienceMs);
      this.ended.then(failed);
      for (const stream of [this.process.stdout, this.process.stderr]) {
        createInterface(stream).on("line", (line) => {
          this.output += `${line}\n`;
          const key = /first operator's key.*: (slk_\w+)/.exec(line);
          this.key = key ? key[1] : this.key;
          const ready = /event=ready.* http=(\S+)/.exec(line);
          if (ready) {
            clearTimeout(timer);
            this.url = `http://${ready[1]}`;
            resolve();
          }
        });
      }
    });
  }

  get console() {
    return `${this.url}/console/`;
  }

  async post(path, body) {
    const response = await fetch(this.url + path, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        ...(this.key ? { Authorization: `Bearer ${this.key}` } : {}),
      },
      body: JSON.stringify(body),
    });
    return response.json();
  }

  /** A method of `Operator`; what it answers, or an error with what it says. */
  async operator(method, params = {}) {
    const answer = await this.post(`/api/v1/operator/${method}`, params);
    if (!answer.success) {
      throw new Error(`${method}: ${answer.error.message}`);
    }
    return answer.data;
  }

  async spend(tenant, meter, amount) {
    return this.post("/v1/check", { tenant, meter, amount });
  }

  async stop() {
    this.process.kill("SIGTERM");
    await this.ended;
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A webhook that answers with `status`, whatever it is told. */
export class Receiver {
  static async start(status) {
    const receiver = new Receiver();
    receiver.status = status;
    receiver.calls = 0;
    receiver.server = createServer((request, response) => {
      request.resume();
      request.on("end", () => {
        receiver.calls += 1;
        response.writeHead(receiver.status).end();
      });
    });
    await new Promise((resolve) => receiver.server.listen(0, "127.0.0.1", resolve));
    receiver.url = `http://127.0.0.1:${receiver.server.address().port}/hook`;
    return receiver;
  }

  /** What a server is told so that it calls this one for all tenants. */
  flags(directory) {
    const secret = join(directory, "webhook-secret");
    writeFileSync(secret, "0123456789abcdef\n");
    return [
      ...["--alert-webhook", this.url, "--alert-webhook-secret", secret],
      ...["--insecure-webhooks-to-private-addresses", "true"],
      ...["--insecure-webhooks-without-tls", "true"],
    ];
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** One browser; each look is a session of its own, which must not complain of anything. */
export class Browser {
  static async start() {
    const browser = new Browser();
    browser.chromium = await chromium.launch({
      executablePath: needed("CHROMIUM"),
      args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
    });
    return browser;
  }

  async look({ width = 1280, height = 800, dark = false } = {}) {
    const context = await this.chromium.newContext({
      viewport: { width, height },
      colorScheme: dark ? "dark" : "light",
      locale: "en-GB",
      timezoneId: "Europe/Berlin",
    });
    const page = await context.newPage();
    page.setDefaultTimeout(patienceMs);
    page.complaints = [];
    page.on("pageerror", (error) => page.complaints.push(String(error)));
    page.on("console", (message) => {
      // That a request was refused is said by the browser itself, and meant so where it happens.
      if (message.type() === "error" && !/Failed to load resource/.test(message.text())) {
        page.complaints.push(message.text());
      }
    });
    return page;
  }

  stop() {
    return this.chromium.close();
  }
}

export async function signIn(page, served) {
  await page.goto(served.console);
  await page.getByLabel("API key or token").fill(served.key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
}
