// The page without a server: from a plain file server the embedded model thinks, calls its calculator and answers as in Node.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { calculatorDefinition } from "@cachalot/agent";
import { type ChatMessage, collectMessage } from "@cachalot/chat";
import { startEngine } from "@cachalot/engine";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "./support/cachalot.js";
import { hasBrowser } from "./support/chromium.js";
import { type StaticFiles, serveFiles } from "./support/static-files.js";
import { axeViolations, launchBrowser, openPage, screenshot } from "./support/studio.js";

const folder = join(root, "packages/studio/dist/demo");
const QUESTION = "What is 348 + 1297?";
/** Stricter than the page's own: also where the header binds the worker. */
const POLICY =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Ids of all tokens of the last call, as the prompt view shows them. */
const shownIds = (page: Page) =>
  page.$$eval(".exact .token", (tokens) => tokens.map((token) => Number((token as HTMLElement).dataset.id)));

const idle = (page: Page) => page.waitForSelector('.thread[aria-busy="false"] article.answer', { timeout: 120_000 });

describe.skipIf(!hasBrowser)("the model in a page, from a plain file server", () => {
  let browser: Browser;
  let files: StaticFiles;
  let cuts = 0;
  beforeAll(async () => {
    const built = spawnSync("npm", ["run", "build:demo", "--silent"], { cwd: root, encoding: "utf8" });
    expect(built.stderr + built.stdout).toContain("weights of 7.4 MB");
    browser = await launchBrowser();
    files = await serveFiles(folder, {
      headers: { "content-security-policy": POLICY },
      // The first shard's connection is cut once, behind its first megabyte.
      cutAfter: (path) => (/00001-of/.test(path) && cuts++ === 0 ? 1_200_000 : undefined),
    });
  }, 300_000);
  afterAll(async () => {
    await browser.close();
    await files.close();
  });

  test("answers with the tokens of Node, after a download that broke off; keeps the model; shows prompt and lens", async () => {
    const { page, misdeeds } = await openPage(browser, `${files.url}/`);
    await page.waitForSelector("[data-load-ms]", { timeout: 120_000 });
    const shard = files.requests.filter((request) => request.includes("00001-of"));
    expect(shard).toHaveLength(2);
    expect(Number(/bytes=(\d+)-/.exec(shard[1]!)![1])).toBeGreaterThan(500_000);
    const broken = misdeeds.errors.splice(0);
    expect(broken.filter((error) => !/ERR_CONTENT_LENGTH_MISMATCH|ERR_CONNECTION|ERR_INCOMPLETE/.test(error))).toEqual(
      [],
    );

    const asked = Date.now();
    await page.fill("textarea", QUESTION);
    await page.keyboard.press("Enter");
    await page.waitForSelector("article.result");
    await idle(page);
    expect(await page.textContent("article.result")).toContain("1645");
    expect(await page.textContent(".thread article:last-child")).toContain("1645");
    const answeredMs = Date.now() - asked;
    expect(await axeViolations(page)).toEqual([]);
    await screenshot(page, "demo-chat-light");
    const figures = await page.$eval(".figures", (line) => ({ ...(line as HTMLElement).dataset }));

    await page.click(".views button:nth-child(2)");
    expect(await axeViolations(page)).toEqual([]);
    await page.$eval(".exact", (tokens) => tokens.scrollTo(0, tokens.scrollHeight));
    await screenshot(page, "demo-prompt-light");
    const inPage = await shownIds(page);
    expect(inPage).toEqual(await idsInNode());

    await page.click(".views button:nth-child(3)");
    await page.fill('input[type="range"]', "40");
    await page.waitForSelector('.lens [data-heat="5"]', { state: "attached" });
    await page.waitForSelector('.lens [data-heat="0"]', { state: "attached" });
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await axeViolations(page)).toEqual([]);
    await page.$eval(".lens.tokens", (tokens) => tokens.scrollTo(0, tokens.scrollHeight));
    await screenshot(page, "demo-lens-dark");
    expect(misdeeds).toEqual({ foreign: [], errors: [] });

    // A second visit finds the model in the browser.
    files.requests.length = 0;
    await page.reload();
    await page.waitForSelector("[data-load-ms]", { timeout: 60_000 });
    expect(files.requests.filter((path) => path.startsWith("/model/"))).toEqual(["/model/manifest.json"]);
    const loadedAgainMs = await page.getAttribute("[data-load-ms]", "data-load-ms");
    console.log(
      JSON.stringify({ answeredMs, ...figures, loadedAgainMs: Number(loadedAgainMs), sizes: sizes() }, null, 1),
    );
    await page.close();
  }, 300_000);

  test("Chinese, on a phone, by keyboard; without the model's folder it says what to do", async () => {
    const { page, misdeeds } = await openPage(browser, `${files.url}/`, {
      locale: "zh-CN",
      viewport: { width: 360, height: 720 },
    });
    await page.waitForSelector("[data-load-ms]", { timeout: 120_000 });
    expect(await page.getAttribute("html", "lang")).toBe("zh-CN");
    await page.focus(".examples button");
    await page.keyboard.press("Enter");
    await page.waitForSelector("article.result");
    await idle(page);
    for (const view of [1, 2, 3]) {
      await page.focus(`.views button:nth-child(${view})`);
      await page.keyboard.press("Enter");
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      expect(await axeViolations(page)).toEqual([]);
    }
    await screenshot(page, "demo-lens-zh-360");
    expect(misdeeds).toEqual({ foreign: [], errors: [] });
    await page.route("**/manifest.json", (route) => route.fulfill({ status: 404 }));
    await page.reload();
    await page.waitForSelector('[role="alert"]');
    expect(await page.textContent('[role="alert"]')).toMatch(/manifest\.json.*copy the whole folder/);
    await page.close();
  }, 300_000);

  test("a shard that is not what the manifest says is refused, not run", async () => {
    const { page } = await openPage(browser, "about:blank");
    await page.route("**/*00002-of*", (route) => route.fulfill({ body: Buffer.alloc(3_418_424) }));
    await page.goto(`${files.url}/`);
    await page.waitForSelector('[role="alert"]', { timeout: 60_000 });
    expect(await page.textContent('[role="alert"]')).toMatch(/00002-of.*SHA-256/);
    await page.close();
  }, 120_000);
});

/** The same conversation, from the same files, in Node: prompt and answer of its last call. */
async function idsInNode(): Promise<number[]> {
  const engine = await startEngine(join(folder, "model"), { device: "wasm", weights: "bf16" });
  try {
    const messages: ChatMessage[] = [{ role: "user", content: QUESTION }];
    for (;;) {
      let ids: number[] = [];
      const request = { messages, tools: [calculatorDefinition], temperature: 0, maxTokens: 400, record: {} };
      const { message } = await collectMessage(
        (async function* () {
          for await (const event of engine.generate(request)) {
            if (event.type === "generated") ids = [...event.tokens.promptIds, ...event.tokens.ids];
            yield event;
          }
        })(),
      );
      messages.push(message);
      const [call] = message.tool_calls ?? [];
      if (!call) return ids;
      messages.push({ role: "tool", content: "1645", ...(call.id ? { tool_call_id: call.id } : {}) });
    }
  } finally {
    await engine.close();
  }
}

/** Bytes on disk and gzipped, of the code and of the model. */
function sizes(): Record<string, number> {
  const of = (dir: string, use: (path: string) => number) =>
    readdirSync(dir)
      .filter((name) => !name.startsWith("web-entry"))
      .reduce((sum, name) => sum + use(join(dir, name)), 0);
  return {
    codeGzipped: of(join(folder, "assets"), (path) => gzipSync(readFileSync(path)).length),
    model: of(join(folder, "model"), (path) => statSync(path).size),
  };
}
