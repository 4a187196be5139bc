// The documentation as static pages: docs/*.md with navigation and search, a gallery of screenshots, and the API reference.
// node build.mjs [--no-api] [OUTPUT]
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { hrefOf } from "./links.mjs";
import { renderMarkdown } from "./markdown.mjs";
import { pageHtml } from "./page.mjs";
import { searchIndex } from "./search-index.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..");
const { values, positionals } = parseArgs({ allowPositionals: true, options: { "no-api": { type: "boolean" } } });
const output = positionals[0] ?? join(root, "packages/studio/dist/docs");
/** Pages of the first section, in the order one reads them; what is not named follows by its name. */
const FIRST = [
  "README.md",
  "docs/chat.md",
  "docs/serving.md",
  "docs/gateway.md",
  "docs/studio.md",
  "docs/runs.md",
  "docs/tools.md",
];

/** Markdown files of a folder of the repository, by their paths. */
async function markdownIn(folder) {
  return (await readdir(join(root, folder))).filter((name) => name.endsWith(".md")).map((name) => `${folder}/${name}`);
}

async function readPages() {
  const named = await markdownIn("docs");
  const paths = [...FIRST, ...named.filter((path) => !FIRST.includes(path)), ...(await markdownIn("docs/guides"))];
  const packages = (await readdir(join(root, "packages"))).map((name) => `packages/${name}/README.md`);
  return Promise.all(
    [...paths, ...packages].map(async (path) => {
      const markdown = await readFile(join(root, path), "utf8");
      const title = path === "README.md" ? "Start" : (/^# (.+)$/m.exec(markdown)?.[1] ?? path);
      const section = path.startsWith("docs/guides")
        ? "Guides"
        : path.startsWith("packages")
          ? "Packages"
          : "Documentation";
      return { path, href: hrefOf(path), title, section, markdown };
    }),
  );
}

/** A page of every screenshot that the tests took. */
async function galleryPage() {
  const names = (await readdir(join(root, "docs/images/studio")).catch(() => [])).filter((name) =>
    /\.(png|svg)$/.test(name),
  );
  const figures = names.map(
    (name) => `## ${name.replace(/\.\w+$/, "").replaceAll("-", " ")}\n\n![${name}](images/studio/${name})\n`,
  );
  const markdown = `# Gallery\n\nScreenshots of the pages, taken by the tests in headless Chromium.\n\n${figures.join("\n")}`;
  return { path: "docs/gallery.md", href: "gallery.html", title: "Gallery", section: "Documentation", markdown };
}

const hasApi = !values["no-api"];
const building = `${output}.building`;
await rm(building, { recursive: true, force: true });
await mkdir(join(building, "assets"), { recursive: true });
const pages = [...(await readPages()), await galleryPage()];
const known = new Set(pages.map(({ path }) => path));
const rendered = pages.map((page) => ({ ...page, ...renderMarkdown(page, known) }));
for (const page of rendered) {
  const file = join(building, page.href);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, pageHtml(page, rendered, { hasApi }));
}
await writeFile(join(building, "assets/search.json"), JSON.stringify(searchIndex(rendered)));
const require = createRequire(import.meta.url);
await cp(join(dirname(require.resolve("minisearch")), "../es/index.js"), join(building, "assets/minisearch.js"));
for (const name of ["page.js", "page.css"]) await cp(join(here, "assets", name), join(building, "assets", name));
await cp(join(root, "packages/studio/src/web/public/favicon.svg"), join(building, "assets/favicon.svg"));
for (const folder of ["images", "embedded"])
  await cp(join(root, "docs", folder), join(building, folder), { recursive: true });
if (hasApi) {
  // TypeScript and typedoc take a while to load.
  const { buildReference } = await import("./api.mjs");
  await buildReference(root, join(building, "api"));
}
await rm(output, { recursive: true, force: true });
await rename(building, output);
console.log(`wrote ${relative(root, output)}: ${rendered.length} pages${hasApi ? " and the API reference" : ""}`);
