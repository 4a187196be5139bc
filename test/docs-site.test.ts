// The documentation as static pages: every link and anchor leads somewhere, search finds, nothing comes from elsewhere.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { createScriptedModel } from "@cachalot/chat";
import { createServer } from "@cachalot/server";
import { studioRoutes } from "@cachalot/studio";
import MiniSearch from "minisearch";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "./support/cachalot.js";

/** Its tools are not those of the workspace: `npm ci --prefix docs-site`. */
const isInstalled =
  existsSync(join(root, "docs-site/node_modules")) ||
  process.env.CACHALOT_REQUIRE?.split(",").includes("docs") === true;

describe.skipIf(!isInstalled)("the documentation site", () => {
  const folder = mkdtempSync(join(tmpdir(), "cachalot-docs-"));
  const pages = new Map<string, string>();
  beforeAll(() => {
    const built = spawnSync("node", [join(root, "docs-site/build.mjs"), "--no-api", join(folder, "site")], {
      encoding: "utf8",
    });
    expect(built.stderr).toBe("");
    for (const name of readdirSync(join(folder, "site"), { recursive: true, encoding: "utf8" }))
      if (name.endsWith(".html") && !name.startsWith("embedded/"))
        pages.set(name, readFileSync(join(folder, "site", name), "utf8"));
  }, 240_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  test("every document has a page, and every link and anchor leads somewhere", () => {
    const documents = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" });
    for (const document of documents.filter((name) => name.endsWith(".md")))
      expect([...pages.keys()]).toContain(document.replace(/\.md$/, ".html"));
    const broken: string[] = [];
    for (const [name, html] of pages)
      for (const [, link] of html.matchAll(/(?:href|src)="([^"]*)"/g)) {
        if (/^https?:/.test(link!)) continue;
        const [path, anchor] = link!.split("#");
        const target = path === "" ? name : normalize(join(dirname(name), path!));
        if (!existsSync(join(folder, "site", target))) broken.push(`${name}: ${link}`);
        else if (anchor && pages.has(target) && !pages.get(target)!.includes(`id="${anchor}"`))
          broken.push(`${name}: ${link}`);
      }
    expect(broken).toEqual([]);
  });

  test("nothing is loaded from elsewhere, and no script stands in a page", () => {
    for (const [name, html] of pages) {
      expect(html, name).not.toMatch(/(?:src|rel="stylesheet" href)="(?:https?:)?\/\//);
      expect(html, name).not.toMatch(/<script(?![^>]*src=)[^>]*>/);
    }
  });

  test("search finds a section by its words, and each hit has its place", () => {
    const documents = JSON.parse(readFileSync(join(folder, "site/assets/search.json"), "utf8")) as { id: string }[];
    const index = new MiniSearch({ fields: ["title", "page", "text"] });
    index.addAll(documents);
    expect(index.search("lightning indexer").length).toBeGreaterThan(3);
    expect(index.search("browser alone")[0]!.id).toBe("studio.html#in-the-browser-alone");
    for (const { id } of documents) {
      const [page, anchor] = id.split("#");
      expect(pages.get(page!), id).toContain(`id="${anchor}"`);
    }
  });
});

const isBuilt = existsSync(join(root, "packages/studio/dist/docs/api/index.html"));

test.skipIf(!isBuilt)(
  "the studio serves the built documentation, its reference too, and nothing around it",
  async () => {
    const chat = createScriptedModel({ turns: [{ reasoning: "", content: "" }] });
    const server = await createServer({ chat, port: 0, routes: studioRoutes({ directory: join(root, ".cachalot") }) });
    try {
      const get = (path: string) => fetch(`${server.url}/studio/${path}`, { redirect: "manual" });
      expect((await get("docs")).headers.get("location")).toBe("/studio/docs/");
      expect(await (await get("docs/")).text()).toContain("<title>Start · cachalot</title>");
      const reference = await get("docs/api/index.html");
      expect(await reference.text()).toContain("@cachalot/engine");
      expect(reference.headers.get("content-security-policy")).toMatch(/default-src 'self'.*style-src/);
      expect((await get("docs/images/chat.png")).headers.get("content-type")).toBe("image/png");
      expect((await get("docs/%2e%2e%2findex.js")).status).toBe(404);
    } finally {
      await server.close();
    }
  },
);
