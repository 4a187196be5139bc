// The chat in a real browser, on the embedded model: thinking, tools, branches, a server that dies, hostile text, keyboard, phone.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { serve } from "./support/cachalot.js";
import { hasBrowser } from "./support/chromium.js";
import { axeViolations, openPage, screenshot, studioInBrowser } from "./support/studio.js";

const SUM = "What is 48 * 76?";

async function ask(page: Page, text: string): Promise<void> {
  await page.fill(".composer textarea", text);
  await page.press(".composer textarea", "Enter");
}

/** Waits until nothing is generated any more. */
const answered = (page: Page) => page.waitForSelector('.composer button[title="Send"]', { timeout: 60_000 });

/** Milliseconds from the click to the last message as it is read. */
async function openLong(browser: Browser, url: string): Promise<number> {
  const { page } = await openPage(browser, `${url}/studio/chat`);
  await page.waitForSelector('.conversations a[href$="long-one"]');
  const time = await page.evaluate(async () => {
    const started = performance.now();
    document.querySelector<HTMLElement>('.conversations a[href$="long-one"]')!.click();
    while (!document.querySelector(".answer:last-child .block")) await new Promise(requestAnimationFrame);
    return performance.now() - started;
  });
  await page.waitForFunction(() => document.querySelectorAll(".message").length === 1000);
  await page.close();
  return time;
}

describe.skipIf(!hasBrowser)("the chat", () => {
  const studio = studioInBrowser();

  test("thinks, calls the calculator once it is allowed, answers; edits and second answers are branches", async () => {
    const { page, misdeeds } = await openPage(studio.browser, `${studio.served.url}/`);
    await page.waitForSelector(".welcome");
    expect(await axeViolations(page)).toEqual([]);
    await page.click(".chat-head button[title=Settings]");
    await page.fill(".numbers label:nth-child(1) input", "0");
    await page.keyboard.press("Tab");
    expect(await axeViolations(page)).toEqual([]);
    await screenshot(page, "chat-settings");
    await page.click(".chat-settings button[title=Close]");
    await ask(page, SUM);
    await page.waitForSelector(".tool-card .decision button.primary", { timeout: 60_000 });
    await page.waitForURL(/\/chat\/c-/);
    await expect.poll(() => page.textContent(".thinking summary")).toMatch(/Thought.*tokens/);
    await screenshot(page, "chat-allow-call");
    await page.click(".tool-card .decision button.primary");
    await page.waitForFunction(() => document.querySelectorAll(".answer").length === 2);
    await answered(page);
    await expect.poll(() => page.textContent(".tool-card .tool-result")).toContain("3648");
    await expect.poll(() => page.textContent(".answer:last-child .prose")).toContain("3648");
    await page.click(".answer .thinking summary");
    expect(await axeViolations(page)).toEqual([]);
    await screenshot(page, "chat-tool-call");

    await page.hover(".question");
    await page.click(".question button[title=Edit]");
    await page.fill(".editing textarea", "Hello! Who are you?");
    await page.press(".editing textarea", "Enter");
    await page.waitForFunction(() => document.querySelectorAll(".answer").length === 1);
    await answered(page);
    await expect.poll(() => page.textContent(".answer .prose")).toMatch(/\w/);
    await expect.poll(() => page.textContent(".question .branches")).toContain("2/2");
    await page.hover(".answer");
    await page.click('.answer button[title="Answer again"]');
    await page.waitForFunction(() => document.querySelector(".answer .branches")?.textContent?.includes("2/2"));
    await answered(page);
    await screenshot(page, "chat-branches");
    await page.click('.question button[title="Earlier version"]');
    await page.waitForFunction(() => document.querySelectorAll(".answer").length === 2);

    // Kept on the server: a page of another browser shows the same branch.
    await page.waitForFunction(() => !document.querySelector(".unsaved"));
    const other = await openPage(studio.browser, page.url());
    await other.page.waitForFunction(() => document.querySelectorAll(".answer").length === 2);
    await other.page.fill("input[type=search]", "who are");
    await other.page.waitForSelector(".place");
    await other.page.close();
    expect(misdeeds).toEqual({ foreign: [], errors: [] });
    await page.close();
  }, 180_000);

  test("text of a model, a tool or a file never acts", async () => {
    const corpus = [
      "<script>globalThis.hacked = 1</script>",
      '<img src="http://127.0.0.1:9/x.png" onerror="globalThis.hacked = 1">',
      "![x](http://127.0.0.1:9/y.png)",
      "[click](javascript:globalThis.hacked=1)",
      "[data](data:text/html,<script>globalThis.hacked=1</script>)",
      '<svg onload="globalThis.hacked=1"><a xlink:href="javascript:globalThis.hacked=1">x</a></svg>',
      '<iframe srcdoc="<script>parent.hacked=1</script>"></iframe><style>body{display:none}</style>',
      '<form action="http://127.0.0.1:9/"><button autofocus onfocus="globalThis.hacked=1">x</button></form>',
      "```<img src=x onerror=globalThis.hacked=1>\n<b>code</b>\n```",
      "| <img src=x onerror=globalThis.hacked=1> |\n|---|\n| [x](<javascript:globalThis.hacked=1>) |",
    ].join("\n\n");
    const call = { id: "1", type: "function", function: { name: '<img src=x onerror="hacked=1">', arguments: corpus } };
    const hostile = {
      title: "<img src=x onerror=globalThis.hacked=1>",
      messages: [
        { role: "user", content: corpus },
        { role: "assistant", content: corpus, reasoning_content: corpus, tool_calls: [call] },
        { role: "tool", tool_call_id: "1", content: corpus },
        { role: "assistant", content: corpus },
      ],
    };
    const file = join(studio.directory, "hostile.json");
    await writeFile(file, JSON.stringify(hostile));
    const { page, misdeeds } = await openPage(studio.browser, `${studio.served.url}/studio/chat`);
    await page.setInputFiles("input[type=file]", file);
    await page.waitForSelector(".answer .prose .block a");
    for (const summary of await page.$$("summary")) await summary.click();
    expect(await page.evaluate(() => (globalThis as { hacked?: number }).hacked)).toBeUndefined();
    expect(
      await page.$$eval("main img, main iframe, main form[action], main style, main script", (all) => all.length),
    ).toBe(0);
    const links = await page.$$eval(".prose a", (all) => all.map((link) => (link as HTMLAnchorElement).protocol));
    expect(links.every((protocol) => protocol === "http:" || protocol === "https:")).toBe(true);
    expect(misdeeds).toEqual({ foreign: [], errors: [] });
    await page.close();
  }, 60_000);

  test("by keyboard alone, and Enter that ends a composed word sends nothing", async () => {
    const { page } = await openPage(studio.browser, `${studio.served.url}/studio/chat`);
    await page.waitForSelector(".composer textarea");
    await page.focus(".composer textarea");
    await page.keyboard.type("Hello!");
    await page.evaluate(() =>
      document
        .querySelector(".composer textarea")!
        .dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true })),
    );
    expect(await page.$$eval(".question", (all) => all.length)).toBe(0);
    await page.keyboard.press("Enter");
    await page.waitForSelector(".question");
    await answered(page);
    const reached = new Set<string>();
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press("Tab");
      reached.add(await page.evaluate(() => document.activeElement?.getAttribute("title") ?? ""));
    }
    for (const title of ["Edit", "Answer again", "Settings", "Exact prompt", "Delete conversation"])
      expect([...reached]).toContain(title);
    await page.close();
  }, 90_000);

  test("Chinese, dark, 360 pixels", async () => {
    const { page, misdeeds } = await openPage(studio.browser, `${studio.served.url}/studio/chat`, {
      locale: "zh-CN",
      colorScheme: "dark",
      viewport: { width: 360, height: 720 },
    });
    await page.waitForSelector(".welcome");
    expect(await axeViolations(page)).toEqual([]);
    await ask(page, SUM);
    await page.waitForSelector(".tool-card .decision button.primary", { timeout: 60_000 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    expect(await axeViolations(page)).toEqual([]);
    await screenshot(page, "chat-zh-dark-360");
    await page.click(".list-button");
    await page.waitForSelector(".conversations li");
    expect(misdeeds).toEqual({ foreign: [], errors: [] });
    await page.close();
  }, 90_000);

  test("a server killed in the middle of an answer: the page says so, keeps the text, and asks again when it is back", async () => {
    const folder = await mkdtemp(join(tmpdir(), "cachalot-studio-kill-"));
    // The device that is slow enough for the answer not to end before the kill.
    let mortal = await serve(["--device", "reference"], folder);
    const port = new URL(mortal.url).port;
    const { page } = await openPage(studio.browser, `${mortal.url}/studio/chat`);
    await page.waitForSelector(".composer textarea");
    // The embedded model thinks about digits for as long as there are some, whichever way it was trained.
    await ask(page, "Backwards: 4 7 1 9 3 5 8 2 6 4 7 1 9 3 5 8 2 6 1 4");
    await page.waitForFunction(() => (document.querySelector(".thinking .plain")?.textContent?.length ?? 0) > 10);
    mortal.process.kill("SIGKILL");
    await page.waitForSelector(".away", { timeout: 20_000 });
    await page.click(".thinking summary");
    await screenshot(page, "chat-server-killed");
    const kept = await page.textContent(".thinking .plain");
    mortal = await serve(["--port", port], folder);
    await page.waitForSelector(".answer .state button", { timeout: 30_000 });
    expect(await page.textContent(".thinking .plain")).toBe(kept);
    await page.click(".answer .state button");
    await answered(page);
    expect(await page.$(".away")).toBeNull();

    // While it is away one can write, and what was written is kept.
    await mortal.stop();
    await ask(page, "Are you there?");
    await page.waitForFunction(() => document.body.textContent?.includes("Not sent"));
    expect(await page.$$eval(".question", (all) => all.at(-1)?.textContent)).toContain("Are you there?");
    mortal = await serve(["--port", port], folder);
    await page.click(".answer:last-child .state button");
    await answered(page);
    await page.waitForFunction(() => !document.querySelector(".unsaved"), undefined, { timeout: 15_000 });
    await mortal.stop();
    await page.close();
    await rm(folder, { recursive: true, force: true });
  }, 180_000);

  test("a conversation of 1,000 messages opens in less than a second", async () => {
    const messages = Array.from({ length: 1000 }, (_, i) => ({
      id: `m-${i}`,
      parent: i === 0 ? null : `m-${i - 1}`,
      message:
        i % 2 === 0
          ? { role: "user", content: `Question ${i}` }
          : {
              role: "assistant",
              content: `Answer **${i}**\n\n- one\n- two\n\n\`\`\`js\nf(${i});\n\`\`\`\n\n${"word ".repeat(60)}`,
            },
    }));
    const settings = { system: "", tools: "", serverTools: [], thinking: true };
    const body = { id: "long-one", title: "Long", createdAt: 1, updatedAt: 1, settings, messages, current: "m-999" };
    await mkdir(join(studio.directory, ".cachalot/conversations"), { recursive: true });
    await writeFile(join(studio.directory, ".cachalot/conversations/long-one.json"), JSON.stringify(body));
    // The best of a few: other work on a crowded machine is not the page's.
    const times: number[] = [];
    for (let i = 0; i < 4; i++) times.push(await openLong(studio.browser, studio.served.url));
    console.log(`1,000 messages open in ${times.map(Math.round).join(", ")} ms`);
    expect(Math.min(...times)).toBeLessThan(1000);
  }, 60_000);

  test("a conversation exports as OpenAI's JSON and comes back", async () => {
    const { page } = await openPage(studio.browser, `${studio.served.url}/studio/chat/long-one`);
    await page.waitForSelector('.chat-head button[title="Export as JSON"]');
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.click('.chat-head button[title="Export as JSON"]'),
    ]);
    const file = await download.path();
    const { messages } = JSON.parse(await readFile(file, "utf8")) as { messages: object[] };
    expect(messages.length).toBe(1000);
    await page.setInputFiles("input[type=file]", file);
    await page.waitForURL(/chat\/c-/);
    await page.waitForFunction(() => document.querySelectorAll(".message").length === 1000);
    await page.close();
  }, 60_000);
});
