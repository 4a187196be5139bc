/** The studio in headless Chromium: what every journey begins with. */
import { mkdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { root, type Served, serve } from "./cachalot.js";
import { chromium as installed } from "./chromium.js";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: installed ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"],
  });
}

export interface Studio {
  /** Where it keeps its files. */
  directory: string;
  served: Served;
  browser: Browser;
}

/** `cachalot serve` in a directory of its own, and a browser, for the tests of a suite, which alone may read what it returns. */
export function studioInBrowser(): Studio {
  const studio = {} as Studio;
  beforeAll(async () => {
    studio.directory = await mkdtemp(join(tmpdir(), "cachalot-studio-"));
    [studio.served, studio.browser] = await Promise.all([serve([], studio.directory), launchBrowser()]);
  }, 240_000);
  afterAll(async () => {
    await studio.browser?.close();
    await studio.served?.stop();
    await rm(studio.directory, { recursive: true, force: true });
  });
  return studio;
}

/** What a page must not do: ask other hosts, or complain on the console. Filled while the page lives. */
export interface Misdeeds {
  foreign: string[];
  errors: string[];
}

export async function openPage(
  browser: Browser,
  url: string,
  options: Parameters<Browser["newPage"]>[0] = {},
): Promise<{ page: Page; misdeeds: Misdeeds }> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: "en-US", ...options });
  const misdeeds: Misdeeds = { foreign: [], errors: [] };
  const { origin } = new URL(url);
  page.on("request", (request) => {
    if (!/^(?:data|blob):/.test(request.url()) && new URL(request.url()).origin !== origin)
      misdeeds.foreign.push(request.url());
  });
  page.on("console", (message) => {
    if (message.type() === "error") misdeeds.errors.push(message.text());
  });
  page.on("pageerror", (error) => misdeeds.errors.push(String(error)));
  await page.goto(url);
  return { page, misdeeds };
}

/** What axe-core finds wrong with a page: rule and elements. */
export async function axeViolations(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(axe, "utf8"));
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
  });
}

/** Kept in docs/images/studio when `CACHALOT_SCREENSHOTS` is set, so that the gallery shows what the tests saw. */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (!process.env.CACHALOT_SCREENSHOTS) return;
  const folder = join(root, "docs/images/studio");
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
