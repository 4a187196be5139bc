// Builds build/cachalot.node: every kernel once per instruction set, then one shared library. Only what changed is
// compiled again. Without a C++ compiler it says so and succeeds: the wasm device serves.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { hashOf, headers, kernelFlags, kernels, native, root } from "./sources.mjs";

const out = join(root, "build");
const output = join(out, "cachalot.node");

const compiler = [process.env.CXX, "c++", "g++", "clang++"].find(
  (name) => name && spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0,
);
if (!compiler) {
  console.warn("cachalot: no C++ compiler found (c++, g++ or clang++); the slower wasm device will be used");
  process.exit(0);
}

const { include_dir: nodeHeaders } = createRequire(import.meta.url)("node-api-headers");
const common = ["-std=c++17", "-O3", "-fPIC", "-fvisibility=hidden", "-pthread", "-Wall", "-Wextra", `-I${native}`];
const avx512 = ["-mavx512f", "-mavx512bw", "-mavx512vl", "-mavx512dq", "-mfma", "-mprefer-vector-width=512"];
const instructionSets =
  process.arch === "x64"
    ? [
        ["portable", 0, []],
        ["avx2", 1, ["-mavx2", "-mfma", "-mf16c"]],
        ["avx512", 2, avx512],
        // GCC 12's own intrinsics warn.
        ["avx512dot", 3, [...avx512, "-mavx512bf16", "-mavx512vnni", "-Wno-uninitialized", "-Wno-maybe-uninitialized"]],
      ]
    : [["portable", 0, []]];

/** A source with the headers it includes. */
function withHeaders(file, seen = new Set()) {
  if (seen.has(file) || !existsSync(file)) return "";
  seen.add(file);
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/#include "(.+)"/g)].reduce(
    (all, [, name]) => all + withHeaders(join(native, name), seen),
    text,
  );
}
const usesDotProducts = (file) => /__AVX512(?:BF16|VNNI)__/.test(withHeaders(file));

/** Compilation units: [object name, source, flags]. */
const units = [
  ["addon", join(native, "addon.cc"), [`-I${nodeHeaders}`]],
  ["thread_pool", join(native, "thread_pool.cc"), []],
  ...kernels.flatMap(([op, path]) =>
    // Dot-product instructions change nothing in a kernel that does not ask for them.
    instructionSets
      .filter(([isa]) => isa !== "avx512dot" || usesDotProducts(path))
      .map(([isa, level, flags]) => [
        `${op}.${isa}`,
        path,
        [...kernelFlags, ...flags, `-DCACHALOT_ISA=${isa}`, `-DCACHALOT_ISA_LEVEL=${level}`],
      ]),
  ),
];

const objects = join(out, "objects");
mkdirSync(objects, { recursive: true });
const wanted = units.map(([name, source, flags]) => {
  const key = hashOf(compiler, ...common, ...flags, headers, readFileSync(source, "utf8")).slice(0, 16);
  return { source, flags: [...common, ...flags], object: join(objects, `${name}-${key}.o`) };
});
const stale = wanted.filter(({ object }) => !existsSync(object));
const listing = wanted.map(({ object }) => basename(object)).join("\n");
const stamp = join(out, "objects.txt");
if (stale.length === 0 && existsSync(output) && existsSync(stamp) && readFileSync(stamp, "utf8") === listing)
  process.exit(0);

if (stale.length > 4) console.log(`cachalot: compiling ${stale.length} native units with ${compiler} (once)`);
let failed = "";
const queue = [...stale];
async function compileNext() {
  for (let unit = queue.shift(); unit && !failed; unit = queue.shift()) {
    const temporary = `${unit.object}.${process.pid}.tmp`;
    const errors = await new Promise((resolve) => {
      const child = spawn(compiler, [...unit.flags, "-c", unit.source, "-o", temporary]);
      let text = "";
      child.stderr.on("data", (chunk) => (text += chunk));
      child.on("error", (error) => resolve(error.message));
      child.on("close", (code) => {
        if (text) process.stderr.write(text);
        resolve(code === 0 ? "" : text || `exit code ${code}`);
      });
    });
    if (errors) failed = errors;
    else renameSync(temporary, unit.object);
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, compileNext));
if (!failed) {
  const temporary = `${output}.${process.pid}.tmp`;
  const platform = process.platform === "darwin" ? ["-undefined", "dynamic_lookup"] : [];
  const objectsToLink = wanted.map(({ object }) => object);
  const link = spawnSync(compiler, ["-shared", "-pthread", ...platform, "-o", temporary, ...objectsToLink]);
  if (link.status !== 0) failed = String(link.stderr);
  else renameSync(temporary, output);
}
if (failed) {
  rmSync(output, { force: true });
  console.error(failed.split("\n").slice(0, 20).join("\n"));
  console.warn("cachalot: the native addon could not be built (above); the slower wasm device will be used");
  process.exit(process.env.CACHALOT_REQUIRE?.includes("cpu") ? 1 : 0);
}
const keep = new Set(wanted.map(({ object }) => basename(object)));
for (const file of readdirSync(objects)) if (!keep.has(file) && file.endsWith(".o")) rmSync(join(objects, file));
writeFileSync(stamp, listing);
