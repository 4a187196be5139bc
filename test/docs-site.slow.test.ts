// The documentation in a real browser, under the policy the studio serves it with: search by keyboard, a phone, axe, nothing foreign.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "./support/cachalot.js";
import { hasBrowser } from "./support/chromium.js";
import { type StaticFiles, serveFiles } from "./support/static-files.js";
import { axeViolations, launchBrowser, openPage, screenshot } from "./support/studio.js";

const isInstalled =
  existsSync(join(root, "docs-site/node_modules")) ||
  process.env.CACHALOT_REQUIRE?.split(",").includes("docs") === true;

describe.skipIf(!isInstalled || !hasBrowser)("the documentation site in a browser", () => {
  const folder = mkdtempSync(join(tmpdir(), "cachalot-docs-"));
  let browser: Browser;
  let files: StaticFiles;
  beforeAll(async () => {
    const built = spawnSync("node", [join(root, "docs-site/build.mjs"), "--no-api", join(folder, "site")]);
    expect(built.status).toBe(0);
    browser = await launchBrowser();
    files = await serveFiles(join(folder, "site"), {
      headers: {
        "content-security-policy": "default-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'",
      },
    });
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await files.close();
    rmSync(folder, { recursive: true });
  });

  test("pages of every kind, light and dark, without a violation, an error or a foreign request", async () => {
    const { page, misdeeds } = await openPage(browser, `${files.url}/`);
    for (const path of ["index.html", "glossary.html", "gallery.html", "guides/add-an-op.html", "packages/chat.html"])
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await page.goto(`${files.url}/${path}`);
        expect(await axeViolations(page), `${path} ${colorScheme}`).toEqual([]);
      }
    expect(misdeeds).toEqual({ foreign: [], errors: [] });
    await page.close();
  }, 180_000);

  test("search by keyboard leads to the section, on a phone, too", async () => {
    const { page, misdeeds } = await openPage(browser, `${files.url}/guides/add-an-op.html`, {
      viewport: { width: 360, height: 720 },
    });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await page.keyboard.press("/");
    await page.keyboard.type("browser alone");
    await page.waitForSelector(".hits a");
    await page.setViewportSize({ width: 1280, height: 800 });
    await screenshot(page, "docs-search");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL(/studio\.html#in-the-browser-alone$/);
    expect(await page.isVisible("#in-the-browser-alone")).toBe(true);
    expect(misdeeds).toEqual({ foreign: [], errors: [] });
    await page.close();
  }, 180_000);
});
