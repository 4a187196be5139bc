// Builds the native addon: every kernel for the instruction set that this machine runs best, then one shared library. Only
// what changed is compiled again.
//
//   node build.mjs            for this machine (or for $CACHALOT_ISA)
//   node build.mjs --all      for every instruction set, in one file that runs on any machine of this architecture
//   node build.mjs --isa NAME, --folder DIR, --first-use (how addon.ts calls it: silent without a compiler)
//
// Exit status: 0 built; 3 there is no compiler; 1 it could not be compiled. Without --first-use, 3 and 1 are errors only
// where CACHALOT_REQUIRE names `cpu`: other devices serve.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { withBuildLock } from "./build-lock.mjs";
import { chosenSets, findCompiler, instructionSets } from "./compiler.mjs";
import { createProgress } from "./progress.mjs";
import { hashOf, kernelFlags, kernels, native, root, withHeaders } from "./sources.mjs";

const { values: options } = parseArgs({
  options: {
    all: { type: "boolean" },
    isa: { type: "string", default: process.env.CACHALOT_ISA },
    folder: { type: "string", default: join(root, "build") },
    "first-use": { type: "boolean" },
  },
});
const { folder } = options;
const objects = join(folder, "objects");
const failure = join(folder, "failed.txt");
const everything = outputOf("all");
/** Who once asked for all keeps all: the file with everything is the one that is loaded. */
const wanted = options.all ? "all" : (options.isa ?? (existsSync(everything) ? "all" : undefined));

/** The addon's file for what `chosenSets` takes; addon-file.ts knows the same names. */
function outputOf(content) {
  if (content === "all") return join(folder, "cachalot.node");
  return join(folder, `cachalot-${content ?? hashOf(process.arch, cpus()[0]?.model ?? "").slice(0, 8)}.node`);
}

const say = (text) => process.stderr.write(`cachalot: ${text}\n`);

process.exitCode = await build();

async function build() {
  const compiler = findCompiler();
  if (!compiler) {
    if (!options["first-use"]) say("no C++ compiler found (c++, g++ or clang++); the slower wasm device will be used");
    return endWith(3);
  }
  mkdirSync(objects, { recursive: true });
  const waiting = () => say("another process is compiling the kernels; waiting for it");
  return withBuildLock(join(folder, "lock"), waiting, async () => {
    const output = outputOf(wanted);
    // Whoever waited for the lock finds the work done.
    if (options["first-use"] && existsSync(output)) return 0;
    rmSync(failure, { force: true });
    const errors = await buildAddon(compiler, output);
    if (!options["first-use"]) removeStale(compiler, output);
    if (!errors) return 0;
    rmSync(output, { force: true });
    writeFileSync(failure, errors);
    // At first use, addon.ts has the one line to say.
    if (!options["first-use"]) {
      console.error(errors.split("\n").slice(0, 20).join("\n"));
      say(`the kernels could not be compiled (above, and in ${failure}); the slower wasm device will be used`);
    }
    return endWith(1);
  });
}

function endWith(status) {
  return options["first-use"] || process.env.CACHALOT_REQUIRE?.includes("cpu") ? status : 0;
}

/** Compiles what changed and links it. Returns what the compiler said when it failed, else undefined. */
async function buildAddon(compiler, output) {
  const sets = chosenSets(compiler, wanted);
  const units = compilationUnits(compiler, sets);
  const stale = units.filter(({ object }) => !existsSync(object));
  if (stale.length === 0 && isMadeOf(output, units)) return;
  const label = `cachalot: compiling kernels (${wanted === "all" ? "all instruction sets" : sets.at(-1).name}, once)`;
  const progress = stale.length > 4 ? createProgress(label, stale.length) : undefined;
  const errors = await compileAll(compiler, stale, () => progress?.step());
  progress?.end();
  if (errors) return errors;
  const linkErrors = link(compiler, units, output);
  if (linkErrors) return linkErrors;
  write(stampOf(output), listingOf(units));
  removeUnused();
}

/** Beside an addon lies the list of what it is made of. */
function stampOf(output) {
  return `${output}.txt`;
}

function listingOf(units) {
  return units.map(({ object }) => basename(object)).join("\n");
}

function isMadeOf(output, units) {
  const stamp = stampOf(output);
  return existsSync(output) && existsSync(stamp) && readFileSync(stamp, "utf8") === listingOf(units);
}

/** Addons of other instruction sets that are not made of these sources go: who asks for one makes it of the objects that are left. */
function removeStale(compiler, output) {
  for (const other of [undefined, ...instructionSets.map(({ name }) => name)]) {
    const addon = outputOf(other);
    if (addon === output || !existsSync(addon)) continue;
    if (!isMadeOf(addon, compilationUnits(compiler, chosenSets(compiler, other)))) rmSync(addon);
  }
}

/**
 * Objects with their sources and flags. An object's name tells what it was made of: the source with the headers it includes, compiler and
 * flags, but not where the folder lies, so that a copy of it compiles nothing again.
 */
function compilationUnits(compiler, sets) {
  const { include_dir: nodeHeaders } = createRequire(import.meta.url)("node-api-headers");
  const include = [native, nodeHeaders];
  const common = ["-std=c++17", "-O3", "-fPIC", "-fvisibility=hidden", "-pthread", "-Wall", "-Wextra"];
  const units = [
    ["addon", join(native, "addon.cc"), []],
    ["thread_pool", join(native, "thread_pool.cc"), []],
    ...kernels.flatMap(([op, path]) =>
      // Dot-product instructions change nothing in a kernel that does not ask for them.
      sets
        .filter(({ name }) => name !== "avx512dot" || usesDotProducts(path))
        .map(({ name, level, flags }) => [
          `${op}.${name}`,
          path,
          [...kernelFlags, ...flags, `-DCACHALOT_ISA=${name}`, `-DCACHALOT_ISA_LEVEL=${level}`],
        ]),
    ),
  ];
  return units.map(([name, source, flags]) => {
    const key = hashOf(compiler, ...common, ...flags, withHeaders(source, include)).slice(0, 16);
    const all = [...common, ...include.map((path) => `-I${path}`), ...flags];
    return { source, flags: all, object: join(objects, `${name}-${key}.o`) };
  });
}

function usesDotProducts(file) {
  return /__AVX512(?:BF16|VNNI)__/.test(withHeaders(file, [native]));
}

/** Compiles units on all cores. Returns the first error, if any. */
async function compileAll(compiler, units, onUnit) {
  let failed;
  const queue = [...units];
  async function compileNext() {
    for (let unit = queue.shift(); unit && !failed; unit = queue.shift()) {
      const errors = await compile(compiler, unit);
      failed ??= errors;
      onUnit();
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, compileNext));
  return failed;
}

function compile(compiler, { source, flags, object }) {
  const temporary = `${object}.${process.pid}.tmp`;
  return new Promise((resolve) => {
    const child = spawn(compiler, [...flags, "-c", source, "-o", temporary]);
    let text = "";
    child.stderr.on("data", (chunk) => (text += chunk));
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code) => {
      if (code !== 0) return resolve(text || `${compiler} ended with ${code}`);
      if (text) process.stderr.write(text);
      renameSync(temporary, object);
      resolve(undefined);
    });
  });
}

function link(compiler, units, output) {
  const temporary = `${output}.${process.pid}.tmp`;
  const platform = process.platform === "darwin" ? ["-undefined", "dynamic_lookup"] : [];
  const args = ["-shared", "-pthread", ...platform, "-o", temporary, ...units.map(({ object }) => object)];
  const { status, stderr } = spawnSync(compiler, args);
  if (status !== 0) return String(stderr) || `${compiler} could not link`;
  renameSync(temporary, output);
}

function write(file, text) {
  writeFileSync(`${file}.${process.pid}.tmp`, text);
  renameSync(`${file}.${process.pid}.tmp`, file);
}

/** Objects that no addon of this folder is made of. */
function removeUnused() {
  const stamps = readdirSync(folder).filter((file) => file.endsWith(".node.txt"));
  const used = new Set(stamps.flatMap((file) => readFileSync(join(folder, file), "utf8").split("\n")));
  for (const file of readdirSync(objects)) if (!used.has(file)) rmSync(join(objects, file), { force: true });
}
