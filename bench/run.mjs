// npm run bench: checks that the kernels are right, then measures them.
//   npm run bench [-- --full]     --full measures every matrix shape instead of a few
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({ options: { full: { type: "boolean", default: false } } });
const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

function run(title, command, args) {
  console.log(`\n== ${title}`);
  const { status } = spawnSync(command, args, { stdio: "inherit", cwd: path("..") });
  if (status !== 0) {
    console.error(`${title}: failed, so nothing after it was measured`);
    process.exit(1);
  }
}

run("correctness", path("../node_modules/.bin/vitest"), [
  "run",
  "packages/tensor/src/conformance.test.ts",
  "--reporter=dot",
]);
run("the embedded model's shape", process.execPath, [path("model.mjs")]);
run("matrix products", process.execPath, [path("gemm.mjs"), ...(options.full ? [] : ["--filter", "square"])]);
run("prompts and completions", process.execPath, [path("codec.mjs")]);
