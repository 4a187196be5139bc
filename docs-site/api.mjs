// The API reference by typedoc: every package's public entry, in its own words.
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Application } from "typedoc";

/** Packages that others import. */
const PACKAGES = [
  "chat",
  "tensor",
  "model",
  "engine",
  "agent",
  "environments",
  "training",
  "synthesis",
  "evals",
  "rollouts",
  "sandbox",
  "server",
  "ai-sdk",
  "studio",
];

/** @throws Error where typedoc cannot read the sources */
export async function buildReference(root, output) {
  const app = await Application.bootstrapWithPlugins({
    entryPoints: PACKAGES.map((name) => join(root, "packages", name)),
    entryPointStrategy: "packages",
    packageOptions: {
      entryPoints: ["src/index.ts"],
      tsconfig: "tsconfig.json",
      skipErrorChecking: true,
      excludeInternal: true,
      disableSources: true,
    },
    name: "cachalot",
    readme: "none",
    navigationLinks: { Documentation: "../index.html" },
    githubPages: false,
    logLevel: "Error",
    hideGenerator: true,
    plugin: [],
  });
  const project = await app.convert();
  if (!project) throw new Error("typedoc could not read the sources; run npm run build first");
  await app.generateDocs(project, output);
  await moveScriptsOut(output);
}

/** Inline scripts become files: the content security policy of the studio runs no others. */
async function moveScriptsOut(output) {
  for (const name of await readdir(output, { recursive: true })) {
    if (!name.endsWith(".html")) continue;
    const html = await readFile(join(output, name), "utf8");
    const up = "../".repeat(name.split("/").length - 1);
    const moved = [];
    const without = html.replace(/<script>([\s\S]*?)<\/script>/g, (_, code) => {
      const file = `assets/inline-${createHash("sha256").update(code).digest("hex").slice(0, 8)}.js`;
      moved.push(writeFile(join(output, file), code));
      return `<script src="${up}${file}"></script>`;
    });
    await Promise.all([...moved, writeFile(join(output, name), without)]);
  }
}
