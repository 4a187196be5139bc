// The studio's pages of runs, training, rollouts, evaluations and tasks, in a real browser, over real runs of every kind.
import { appendFile, copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createScriptedModel } from "@cachalot/chat";
import { loadTokenizer } from "@cachalot/model";
import { createServer, type RunningServer } from "@cachalot/server";
import { studioRoutes } from "@cachalot/studio";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { embedded } from "./support/cachalot.js";
import { hasBrowser } from "./support/chromium.js";
import { axeViolations, launchBrowser, type Misdeeds, openPage, screenshot } from "./support/studio.js";
import { makeAgentRuns, makeEvals, makeTasks, makeTraining, policy } from "./support/studio-runs.js";

/** What a run page may take to open with a trace of 50 MB, and a training page with a million steps, in milliseconds. */
const OPEN_MS = 20_000;

describe.skipIf(!hasBrowser)("the studio's runs", () => {
  let directory: string;
  let server: RunningServer;
  let browser: Browser;
  let cut: string;
  let synthesised: boolean;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "cachalot-studio-runs-"));
    await makeTraining(directory);
    cut = await makeAgentRuns(join(directory, ".cachalot"));
    await makeEvals(directory);
    synthesised = await makeTasks(directory);
    const chat = createScriptedModel({ id: "scripted", turns: policy });
    const tokenizer = await loadTokenizer(embedded);
    const routes = studioRoutes({ directory: join(directory, ".cachalot"), workingDirectory: directory });
    server = await createServer({ chat, tokenizer, port: 0, routes });
    browser = await launchBrowser();
  }, 600_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await rm(directory, { recursive: true, force: true });
  });

  const open = (path: string, options = {}) => openPage(browser, `${server.url}/studio${path}`, options);

  /** Both colours without a violation; the screenshots have the name. */
  async function judged({ page, misdeeds }: { page: Page; misdeeds: Misdeeds }, name: string): Promise<void> {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await axeViolations(page), `${name} ${colorScheme}`).toEqual([]);
      await screenshot(page, `${name}-${colorScheme}`);
    }
    expect(misdeeds).toEqual({ foreign: [], errors: [] });
  }

  test("a run: its steps, its cut context, its ledger with masks, another run beside it", async () => {
    const opened = await open("/runs");
    const { page } = opened;
    await page.waitForSelector("table.runs");
    await expect.poll(() => page.locator("table.runs tbody tr").count()).toBe(3);
    await judged(opened, "runs");
    await page.click(`a[href$="${cut}"]`);
    await page.waitForSelector(".context-cut");
    await expect.poll(() => page.locator(".bar-cut").count()).toBeGreaterThan(0);
    await expect.poll(() => page.locator(".said.tool").count()).toBeGreaterThan(4);
    await judged(opened, "run");
    await page.click("button[aria-expanded]");
    await page.waitForSelector(".ledger u");
    await expect.poll(() => page.locator(".ledger").count()).toBeGreaterThan(1);
    expect(await axeViolations(page)).toEqual([]);
    await page.locator(".ledger").first().scrollIntoViewIfNeeded();
    await screenshot(page, "run-ledger");
    await page.click("button[aria-expanded]");
    await page.selectOption(".bar select", "20261126-090100-abc2");
    await page.waitForSelector(".beside section:nth-child(2) .said.tool");
    await judged(opened, "run-compare");
    await page.close();
  }, 180_000);

  test("a run is started, approved and denied, and goes on while the page is away", async () => {
    const opened = await open("/runs");
    const { page } = opened;
    await page.click(".start summary");
    await page.fill("textarea[name=task]", "Multiply 6 and 7 and 9.");
    await page.check("input[name=ask]");
    await judged(opened, "run-start");
    await page.click("button[type=submit]");
    await page.waitForSelector(".approval", { timeout: 120_000 });
    await expect.poll(() => page.textContent(".approval .mono")).toContain("6 * 7");
    await judged(opened, "run-approval");
    await page.click(".approval .primary");
    await page.waitForFunction(() => document.querySelector(".approval .mono")?.textContent?.includes("42 * 9"));
    await page.fill(".approval input", "Nine is too much.");
    await page.click(".approval button:not(.primary)");
    await page.waitForSelector(".approval", { state: "detached" });
    await page.waitForFunction(() => document.querySelector(".cards .badge")?.textContent === "answer");
    await expect.poll(() => page.textContent(".timeline")).toContain("Nine is too much.");
    expect(opened.misdeeds).toEqual({ foreign: [], errors: [] });
    await page.close();
  }, 300_000);

  test("training: charts of both stages, and from a step to its rollouts, group by group, token by token", async () => {
    const opened = await open("/train");
    const { page } = opened;
    await page.click('a[href$="/train/sorting"]');
    await page.waitForSelector(".chart canvas");
    await judged(opened, "train-rl");
    await page.selectOption(".bar select", "sft");
    await page.waitForFunction(() =>
      [...document.querySelectorAll(".chart")].some((c) => c.textContent?.startsWith("Loss")),
    );
    await judged(opened, "train-sft");
    await page.click('.bar a[href*="rollouts"]');
    await page.waitForSelector(".group .sample");
    await page.selectOption(".bar select", "rl/00000");
    await page.waitForSelector(".axis .up:not([style*='width: 0'])");
    await page.click(".group >> nth=0 >> button");
    await page.waitForSelector(".token");
    await page.selectOption(".group select", "surprise");
    await page.focus(".tokens");
    for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
    await page.waitForSelector(".here");
    expect(await page.locator(".here").count()).toBe(1);
    await page.locator(".token").first().hover();
    await expect.poll(() => page.textContent(".token-text .facts")).toContain("log p");
    await judged(opened, "rollouts");
    await page.close();
  }, 180_000);

  test("evaluations: intervals, three outcomes, the paired difference, a sample and why", async () => {
    const opened = await open("/evals");
    const { page } = opened;
    await page.waitForSelector(".outcomes");
    await judged(opened, "evals");
    await page.click('a[href$="final-answers-first"]');
    await page.waitForSelector("table.wide");
    await page.selectOption(".bar select", "final-answers-second");
    await page.waitForSelector(".comparison .flips");
    await expect.poll(() => page.locator(".flips li").count()).toBeGreaterThan(3);
    await judged(opened, "eval-compare");
    await page.click('table a[href$="first/0"]');
    await page.waitForSelector(".said.assistant");
    await expect.poll(() => page.textContent(".cards")).toContain("wrong");
    await judged(opened, "eval-sample");
    await page.close();
  }, 120_000);

  test("tasks: an environment is played by hand, judged, and funnels tell why seeds were left out", async () => {
    const opened = await open("/tasks");
    const { page } = opened;
    await page.waitForSelector("table.wide");
    if (synthesised) await page.waitForSelector(".funnel");
    await judged(opened, "tasks");
    await page.click('a[href$="/tasks/database"]');
    await page.waitForSelector("form.tool");
    const fields = page.locator("form.tool >> nth=0 >> input");
    for (let i = 0; i < (await fields.count()); i++) await fields.nth(i).fill("1");
    await page.click("form.tool >> nth=0 >> button");
    await page.waitForSelector(".said.tool");
    await page.fill("textarea[name=answer]", "nothing");
    await page.click(".answer button");
    await page.waitForSelector(".verdict");
    await expect.poll(() => page.textContent(".verdict .badge")).toBe("failed");
    await judged(opened, "task-play");
    await page.close();
  }, 120_000);

  test("Chinese on a phone, by keyboard: nothing scrolls sideways", async () => {
    const { page } = await open("/runs", { locale: "zh-CN", viewport: { width: 360, height: 720 } });
    for (const path of [
      ...["/runs", `/runs/${cut}`, "/train", "/train/sorting", "/rollouts/sorting", "/evals"],
      ...[
        "/evals/final-answers-first?with=final-answers-second",
        "/evals/final-answers-first/0",
        "/tasks",
        "/tasks/database",
      ],
    ]) {
      await page.goto(`${server.url}/studio${path}`);
      await page.waitForSelector("h1");
      await page.waitForTimeout(700);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(360);
      expect(await axeViolations(page), path).toEqual([]);
      await screenshot(page, `${path.split(/[/?]/).slice(1, 3).join("-").replace(cut, "one")}-zh-360`);
    }
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.className)).toBe("skip");
    await page.close();
  }, 180_000);

  test("a trace of 50 MB and a metrics file of a million steps open without freezing", async () => {
    await writeLargeTrace(join(directory, ".cachalot/runs/20261126-100000-huge"), 50);
    await writeLargeMetrics(join(directory, "runs/long"), 1_000_000);
    const run = await measured(await open("/runs"), `${server.url}/studio/runs/20261126-100000-huge`, ".said.tool");
    const training = await measured(await open("/runs"), `${server.url}/studio/train/long`, ".chart canvas");
    const begun = performance.now();
    for (;;) {
      const answer = await fetch(`${server.url}/studio/api/training/long/metrics?keys=lmLoss`);
      const { readBytes, bytes, records } = (await answer.json()) as {
        readBytes: number;
        bytes: number;
        records: number;
      };
      if (bytes > 0 && readBytes === bytes) {
        expect(records).toBe(1_000_000);
        break;
      }
    }
    const again = await measured(await open("/runs"), `${server.url}/studio/train/long`, ".chart canvas");
    console.log({ run, training, wholeFileMs: performance.now() - begun, again });
    for (const { ms } of [run, training, again]) expect(ms).toBeLessThan(OPEN_MS);
  }, 300_000);
});

/** Time until something is there, and the longest time in which the page could not react. */
async function measured(
  { page }: { page: Page },
  url: string,
  selector: string,
): Promise<{ ms: number; longest: number }> {
  await page.addInitScript(() => {
    const seen = { longest: 0 };
    Object.assign(globalThis, { seen });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) seen.longest = Math.max(seen.longest, duration);
    }).observe({ type: "longtask", buffered: true });
  });
  const begun = performance.now();
  await page.goto(url);
  await page.waitForSelector(selector);
  const ms = performance.now() - begun;
  await page.mouse.wheel(0, 3000);
  await page.waitForTimeout(500);
  const { longest } = await page.evaluate(() => (globalThis as unknown as { seen: { longest: number } }).seen);
  await page.close();
  return { ms: Math.round(ms), longest: Math.round(longest) };
}

async function writeLargeTrace(folder: string, megabytes: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, "trace.jsonl");
  const source = join(folder, "../20261126-090000-abc1/trace.jsonl");
  await copyFile(source, file);
  const line = (record: object) => `${JSON.stringify(record)}\n`;
  const result = "a line of a long result\n".repeat(2100);
  const usage = { promptTokens: 900, completionTokens: 40, reasoningTokens: 20, cachedTokens: 800 };
  await writeFile(
    file,
    line({
      type: "run",
      format: "cachalot-trace/1",
      runId: "huge",
      createdAt: 1,
      model: "m",
      contextLength: 1000000,
      messages: [{ role: "user", content: "A long run" }],
      tools: [],
      thinkingMode: "thinking",
    }),
  );
  let text = "";
  for (let step = 0; step < megabytes * 20; step++) {
    const call = {
      id: `c${step}`,
      type: "function",
      function: { name: "calculator", arguments: '{"expression":"1"}' },
    };
    text += line({ type: "prompt", step, purpose: "step", promptTokens: 1000 + step, reusedTokens: 990 + step });
    text += line({
      type: "model",
      step,
      purpose: "step",
      message: { role: "assistant", content: "", reasoning_content: "Once more.", tool_calls: [call] },
      finishReason: "tool_calls",
      usage,
      startedAt: 1,
      durationMs: 5,
    });
    text += line({
      type: "tool",
      step,
      index: 0,
      name: "calculator",
      callId: call.id,
      content: result,
      isError: false,
      startedAt: 1,
      durationMs: 2,
    });
  }
  await appendFile(file, text);
}

async function writeLargeMetrics(folder: string, steps: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, "metrics.jsonl");
  let text = "";
  for (let step = 1; step <= steps; step++) {
    text += `{"kind":"step","stage":"dense","step":${step},"tokens":${step * 4096},"lmLoss":${3 + 5 / step},"learningRate":0.001,"gradientNorm":${1 + (step % 7)},"tokensPerSecond":900}\n`;
    if (step % 50_000 === 0) {
      await appendFile(file, text);
      text = "";
    }
  }
}
