#!/usr/bin/env node
// The command's bin entry. It is committed, so that npm links it before anything is built; in a checkout it builds once.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const main = new URL("../dist/main.js", import.meta.url);
if (!existsSync(main)) buildCheckout(fileURLToPath(new URL("../../..", import.meta.url)));
await import(main.href);

/** Compiles the TypeScript of a checkout; native kernels are compiled at their first use. Ends the process on failure. */
function buildCheckout(root) {
  const fail = (reason) => {
    process.stderr.write(`cachalot: ${reason}\n`);
    process.exit(1);
  };
  if (!existsSync(join(root, "tsconfig.json")))
    fail("the package is incomplete: dist/main.js is missing; install it again");
  let compiler;
  try {
    const manifest = createRequire(import.meta.url).resolve("typescript/package.json");
    compiler = join(dirname(manifest), "bin", "tsc");
  } catch {
    fail(`not built yet, and TypeScript is not installed; run \`npm install && npm run build\` in ${root}`);
  }
  process.stderr.write("cachalot: building this checkout (once)\n");
  // What the compiler prints goes to stderr: stdout belongs to the command.
  const { status } = spawnSync(process.execPath, [compiler, "-b"], { cwd: root, stdio: ["ignore", 2, 2] });
  if (status !== 0 || !existsSync(main)) fail(`the build failed; see above, or run \`npm run build\` in ${root}`);
}
