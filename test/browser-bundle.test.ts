// What a page loads needs no Node: bundled for a browser, no package of ours reaches a `node:` module or one of Node's globals.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { bundleForBrowser } from "./support/browser-bundle.js";

const entries = ["chat", "tensor", "model", "engine", "engine/web-worker"].map((name) => `@cachalot/${name}`);

test.each(entries)("%s runs in a page", async (name) => {
  const { modules, imports } = await bundleForBrowser(`export * from "${name}";`);
  expect(imports).toEqual([]);
  expect(modules.filter((module) => /\bnode:|cpu-device|directory-source/.test(module))).toEqual([]);
  const ours = modules.filter((path) => /packages\/[\w-]+\/dist\//.test(path));
  expect(ours.length).toBeGreaterThan(5);
  for (const module of ours) {
    const code = readFileSync(module, "utf8").replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, "");
    expect(code.match(/(?<![.\w"'`])(?:Buffer|process|setImmediate|require)\b[.(]/g), module).toBeNull();
  }
});

test("a node: import would be found", async () => {
  expect((await bundleForBrowser('export * from "node:fs";')).imports).toEqual(["node:fs"]);
});
