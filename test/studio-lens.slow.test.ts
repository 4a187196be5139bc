// The lens and the engine page in a real browser, on the embedded model in a process of its own.
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { serve } from "./support/cachalot.js";
import { hasBrowser } from "./support/chromium.js";
import { axeViolations, openPage, screenshot, studioInBrowser } from "./support/studio.js";

const NOTHING = { foreign: [], errors: [] };

/** Runs the example, and waits until it is whole and the details of its last token are there. */
async function runExample(page: Page): Promise<void> {
  await page.click("button.primary");
  await page.waitForSelector("#answer .t");
  await page.waitForFunction(() => document.querySelectorAll("#answer .t").length >= 48, undefined, {
    timeout: 60_000,
  });
  await page.waitForSelector(".pictures canvas", { timeout: 30_000 });
}

/** What four of the five layers selected, or all: that all five agree on a token is up to the model. */
const warm = "#context :is(.h8, .h10)";

const active = (page: Page) => page.textContent(".answer output");

describe.skipIf(!hasBrowser)("the lens", () => {
  const studio = studioInBrowser();

  test("a prompt of 1,500 tokens: heat, layers, cold tokens and differences, by keyboard", async () => {
    const { page, misdeeds } = await openPage(studio.browser, `${studio.served.url}/studio/lens`, {
      viewport: { width: 1440, height: 1000 },
    });
    await page.waitForSelector("button.primary");
    expect(await axeViolations(page)).toEqual([]);
    await runExample(page);
    expect(await page.$$eval("#context .t", (tokens) => tokens.length)).toBeGreaterThan(1500);
    // As many tokens are selected in a layer as the indexer takes.
    await expect.poll(() => page.textContent(".pictures strong")).toMatch(/^256 \/ 1,\d{3}$/);
    expect(await page.$$eval(warm, (tokens) => tokens.length)).toBeGreaterThan(5);
    expect(await axeViolations(page)).toEqual([]);

    await page.focus("#answer");
    await page.keyboard.press("Home");
    expect(await active(page)).toBe("1 / 48");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    expect(await active(page)).toBe("3 / 48");
    await page.waitForSelector(".pictures canvas");
    await page.focus("#context");
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => page.textContent(".readout")).toMatch(/^1 .* of 5 layers/);
    await screenshot(page, "lens-heat");

    await page.click(".layers label:nth-child(3)");
    await page.click('text="layer 2"');
    await page.waitForFunction(() => document.querySelectorAll("#context .chosen").length === 256);
    await page.hover("#context .chosen >> nth=40");
    await expect.poll(() => page.textContent(".readout")).toMatch(/selected · index score .* attention mass/);
    await screenshot(page, "lens-layer");

    await page.click('text="Compare with this step"');
    await page.focus("#answer");
    await page.keyboard.press("End");
    await page.waitForSelector("#context .more");
    await expect.poll(() => page.textContent(".legend")).toMatch(/fewer layers than step 3/);
    await page.waitForSelector(".pictures canvas");
    await screenshot(page, "lens-difference");
    await page.click('text="cold tokens"');
    await page.waitForSelector("#context .cold");
    await screenshot(page, "lens-cold");
    expect(misdeeds).toEqual(NOTHING);

    await page.emulateMedia({ colorScheme: "dark" });
    await page.click('text="heat"');
    await page.waitForSelector(warm);
    expect(await axeViolations(page)).toEqual([]);
    await screenshot(page, "lens-dark");
    // Looked at again after a visit elsewhere: the server has it still.
    const address = page.url();
    await page.goto(`${studio.served.url}/studio/lens`);
    await page.click(".recent a");
    await page.waitForSelector(warm);
    expect(page.url()).toBe(address);
    await page.close();
  }, 180_000);

  test("a conversation in Chinese, on a phone", async () => {
    const { page, misdeeds } = await openPage(studio.browser, `${studio.served.url}/studio/lens`, {
      locale: "zh-CN",
      viewport: { width: 360, height: 780 },
    });
    await page.waitForSelector("button.primary");
    await runExample(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    expect(await axeViolations(page)).toEqual([]);
    await screenshot(page, "lens-zh-360");
    await page.goto(`${studio.served.url}/studio/lens`);
    await page.click('main >> text="对话"');
    await page.fill("textarea", "{");
    await page.click("button.primary");
    await expect.poll(() => page.textContent('[role="alert"]')).toMatch(/^这不是 JSON/);
    await page.fill("textarea", JSON.stringify([{ role: "user", content: "What is 2 + 3?" }]));
    await page.click("button.primary");
    await page.waitForSelector("#answer .t");
    await expect.poll(() => page.textContent(".legend")).toMatch(/每一层都读取全部词元/);
    expect(misdeeds.foreign).toEqual([]);
    await page.close();
  }, 120_000);

  test("a model that runs elsewhere: the page says why there is no lens", async () => {
    const gateway = await serve(["--upstream", `${studio.served.url}/v1`], studio.directory);
    const { page } = await openPage(studio.browser, `${gateway.url}/studio/lens`);
    await page.waitForSelector(".notice");
    await expect.poll(() => page.textContent(".notice")).toMatch(/without --upstream/);
    await screenshot(page, "lens-unavailable");
    await page.goto(`${gateway.url}/studio/engine`);
    await page.waitForSelector("text=/another host/");
    await page.close();
    await gateway.stop();
  }, 60_000);

  test("the engine page while answers are generated", async () => {
    const { page, misdeeds } = await openPage(studio.browser, `${studio.served.url}/studio/engine`, {
      viewport: { width: 1280, height: 1100 },
    });
    await page.waitForSelector(".figure");
    const stop = new AbortController();
    const answers = ["2 + 3", "17 * 4", "a whale", "the sea", "a ship", "a storm"].map(async (topic) => {
      while (!stop.signal.aborted)
        await fetch(`${studio.served.url}/v1/chat/completions`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({
            messages: [
              {
                role: "system",
                content: "You answer questions about numbers, whales and the sea, briefly and plainly.",
              },
              { role: "user", content: `Tell me about ${topic}. ${"And then more of it. ".repeat(20)}` },
            ],
            max_tokens: 400,
          }),
          signal: stop.signal,
        }).then(
          (response) => (response.ok ? response.text() : undefined),
          () => undefined,
        );
    });
    const busy = () =>
      page.waitForFunction(() => document.querySelectorAll(".state.running").length >= 4, undefined, {
        timeout: 60_000,
        polling: 100,
      });
    await busy();
    await page.waitForTimeout(6000);
    await busy();
    expect(await page.$$eval(".tree tbody tr", (rows) => rows.length)).toBeGreaterThan(3);
    expect(await page.$$eval(".speed canvas", (all) => all.length)).toBe(1);
    await screenshot(page, "engine-busy");
    await page.emulateMedia({ colorScheme: "dark" });
    await screenshot(page, "engine-busy-dark");
    // The engine gives its cores back first: axe is slow beside it.
    stop.abort();
    await Promise.allSettled(answers);
    expect(await axeViolations(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: "light" });
    expect(await axeViolations(page)).toEqual([]);
    expect(misdeeds).toEqual(NOTHING);
    await page.close();
  }, 300_000);
});
