// The studio's frame in a real browser: every page opens, in both languages, both colours, by keyboard, on a phone, without a foreign request.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { root } from "./support/cachalot.js";
import { hasBrowser } from "./support/chromium.js";
import { axeViolations, openPage, screenshot, studioInBrowser } from "./support/studio.js";

/** Of the first load, gzipped. */
const BUDGET = 60_000;

describe.skipIf(!hasBrowser)("the studio", () => {
  const studio = studioInBrowser();

  test("every page of the navigation opens without a violation, an error or a foreign request", async () => {
    const { page, misdeeds } = await openPage(studio.browser, `${studio.served.url}/`);
    await page.waitForSelector("h1");
    const addresses = await page.$$eval("nav a", (links) => links.map((link) => link.getAttribute("href")!));
    expect(addresses.length).toBeGreaterThan(0);
    for (const address of addresses)
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await page.click(`nav a[href="${address}"]`);
        await page.waitForSelector("h1");
        expect(await axeViolations(page), `${address} ${colorScheme}`).toEqual([]);
        await screenshot(page, `${address.split("/")[2]}-${colorScheme}`);
      }
    expect(misdeeds).toEqual({ foreign: [], errors: [] });
    await page.close();
  }, 180_000);

  test("Chinese, and 360 pixels wide, without sideways scrolling", async () => {
    const { page, misdeeds } = await openPage(studio.browser, `${studio.served.url}/`, {
      locale: "zh-CN",
      viewport: { width: 360, height: 720 },
    });
    await page.waitForSelector("h1");
    expect(await page.getAttribute("html", "lang")).toBe("zh-CN");
    for (const href of await page.$$eval("nav a", (links) => links.map((link) => link.getAttribute("href")!))) {
      await page.click(`nav a[href="${href}"]`);
      await page.waitForSelector("h1");
      const address = page.url();
      expect(await page.evaluate(() => document.documentElement.scrollWidth), address).toBeLessThanOrEqual(360);
      await screenshot(page, `${new URL(address).pathname.split("/")[2]}-zh-360`);
    }
    expect(misdeeds.foreign).toEqual([]);
    await page.close();
  }, 120_000);

  test(`the first load is at most ${BUDGET / 1000} kB, gzipped`, async () => {
    const folder = join(root, "packages/studio/dist/web");
    const html = await readFile(join(folder, "index.html"), "utf8");
    const first = (await readdir(join(folder, "assets"))).filter((name) => html.includes(name));
    const sizes = await Promise.all(
      first.map(async (name) => gzipSync(await readFile(join(folder, "assets", name))).length),
    );
    expect(first.length).toBeGreaterThan(1);
    expect(sizes.reduce((sum, size) => sum + size, gzipSync(html).length)).toBeLessThanOrEqual(BUDGET);
  });

  test("a request from another site, or without the marker, is refused", async () => {
    const ask = (headers: Record<string, string>) => fetch(`${studio.served.url}/studio/api/server`, { headers });
    expect((await ask({})).status).toBe(200);
    expect((await ask({ origin: "https://example.org" })).status).toBe(403);
    expect((await ask({ "sec-fetch-site": "cross-site" })).status).toBe(403);
  });
});
