// What a page loads needs no Node: bundled for a browser, no package of ours reaches a `node:` module or one of Node's globals.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";

/** A package that may import every other one. */
const resolveDir = dirname(fileURLToPath(new URL("../packages/cli/package.json", import.meta.url)));

async function bundle(contents: string) {
  const { metafile, warnings } = await build({
    stdin: { contents, resolveDir },
    absWorkingDir: resolveDir,
    bundle: true,
    platform: "browser",
    format: "esm",
    target: "es2023",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  return { inputs: Object.keys(metafile.inputs), warnings };
}

test.each(["@cachalot/chat", "@cachalot/tensor", "@cachalot/model"])("%s runs in a page", async (name) => {
  const { inputs, warnings } = await bundle(`export * from "${name}";`);
  expect(warnings).toEqual([]);
  expect(inputs.filter((input) => /\bnode:|cpu-device|directory-source/.test(input))).toEqual([]);
  for (const input of inputs.filter((path) => /packages\/[\w-]+\/dist\//.test(path))) {
    const code = readFileSync(join(resolveDir, input), "utf8").replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, "");
    expect(code.match(/(?<![.\w"'`])(?:Buffer|process|setImmediate|require)\b[.(]/g), input).toBeNull();
  }
});

test("a node: import would be found", async () => {
  await expect(bundle('export * from "node:fs";')).rejects.toThrow("Could not resolve");
});
