// The contract view in a real browser, and a very long answer as it streams.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ChatModel, createScriptedModel } from "@cachalot/chat";
import { createServer } from "@cachalot/server";
import { studioRoutes } from "@cachalot/studio";
import { describe, expect, test } from "vitest";
import { hasBrowser } from "./support/chromium.js";
import { axeViolations, openPage, screenshot, studioInBrowser } from "./support/studio.js";

describe.skipIf(!hasBrowser)("prompt and stream", () => {
  const studio = studioInBrowser();

  test("a request becomes tokens with ids and bytes, findings with fixes, and what each policy keeps", async () => {
    const { page, misdeeds } = await openPage(studio.browser, `${studio.served.url}/studio/prompt`, {
      viewport: { width: 1440, height: 900 },
    });
    await page.waitForSelector(".token.special");
    await expect.poll(() => page.textContent(".findings")).toContain("missing-reasoning");
    await expect.poll(() => page.textContent(".retention")).toContain("v4-api");
    await page.hover(".token.special");
    await expect.poll(() => page.textContent(".detail")).toMatch(/begin.*of.*sentence.*id/);
    await page.mouse.move(0, 0);
    await page.focus(".parts");
    const before = Number(await page.getAttribute(".token.current", "data-i"));
    await page.keyboard.press("ArrowRight");
    expect(Number(await page.getAttribute(".token.current", "data-i"))).toBe(before + 1);
    expect(await axeViolations(page)).toEqual([]);
    await page.evaluate(() => scrollTo(0, 0));
    await screenshot(page, "contract");
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await axeViolations(page)).toEqual([]);
    await page.fill(".request", '[{"role": "user", "content": "深い海 🐋"}]');
    await page.waitForFunction(() => document.querySelectorAll(".part").length === 1);
    await page.waitForFunction(() => document.querySelector(".findings")?.textContent?.includes("Nothing is wrong"));
    await page.fill(".request", '[{"role": "user"');
    await page.waitForSelector(".problem");
    expect(misdeeds).toEqual({ foreign: [], errors: [] });
    await page.close();
  }, 120_000);

  test("the exact prompt of a conversation, in Chinese, 360 pixels wide", async () => {
    const { page } = await openPage(studio.browser, `${studio.served.url}/studio/chat`, {
      locale: "zh-CN",
      viewport: { width: 360, height: 720 },
    });
    await page.fill(".composer textarea", "What is 48 * 76?");
    await page.press(".composer textarea", "Enter");
    await page.waitForSelector(".tool-card .decision", { timeout: 60_000 });
    await page.waitForFunction(() => !document.querySelector(".unsaved"));
    await page.click('.chat-head a[href*="prompt"]');
    await page.waitForSelector(".token.special");
    await expect.poll(() => page.textContent(".parts")).toContain("｜DSML｜");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await screenshot(page, "contract-zh-360");
    await page.close();
  }, 120_000);

  test("an answer of 60,000 tokens streams without freezing the page", async () => {
    const folder = await mkdtemp(join(tmpdir(), "cachalot-studio-stream-"));
    const server = await createServer({ chat: longAnswer(), port: 0, routes: studioRoutes({ directory: folder }) });
    const { page } = await openPage(studio.browser, `${server.url}/studio/chat`);
    await page.waitForSelector(".composer textarea");
    await page.evaluate(() => {
      const frames: number[] = [];
      let last = performance.now();
      const frame = (now: number) => {
        frames.push(now - last);
        last = now;
        requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
      Object.assign(globalThis, { frames });
    });
    await page.fill(".composer textarea", "Go on and on");
    await page.press(".composer textarea", "Enter");
    await page.waitForSelector(".answer .block", { timeout: 60_000 });
    await page.fill(".composer textarea", "typed meanwhile");
    await page.waitForSelector('.composer button[title="Send"]', { timeout: 300_000 });
    const frames = (await page.evaluate(() => (globalThis as unknown as { frames: number[] }).frames)).sort(
      (a, b) => a - b,
    );
    const at = (share: number) => Math.round(frames[Math.floor((frames.length - 1) * share)]!);
    console.log(`60,000 tokens: ${frames.length} frames, median ${at(0.5)}, 95 % ${at(0.95)}, longest ${at(1)} ms`);
    await expect.poll(() => page.textContent(".answer .prose")).toContain("word59999");
    expect(at(0.95)).toBeLessThan(400);
    await page.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }, 400_000);
});

/** 60,000 deltas in paragraphs and code, as fast as the connection takes them in portions. */
function longAnswer(): ChatModel {
  const { id, contextLength } = createScriptedModel({ turns: [] });
  return {
    id,
    contextLength,
    async *generate() {
      yield { type: "reasoning", delta: "Long." };
      for (let i = 0; i < 60_000; i++) {
        const end = i % 400 === 399 ? "\n```\n\n" : i % 400 === 300 ? "\n\n```js\n" : i % 50 === 49 ? "\n\n" : " ";
        yield { type: "content", delta: `word${i}${end}` };
        if (i % 100 === 99) await new Promise((resolve) => setTimeout(resolve, 15));
      }
      yield {
        type: "usage",
        usage: { promptTokens: 5, completionTokens: 60_001, reasoningTokens: 1, cachedTokens: 0 },
      };
      yield { type: "finish", reason: "stop" };
    },
  };
}
