// The C++ compiler of this machine, and the instruction sets kernels are compiled for.
import { spawnSync } from "node:child_process";

/** The first of $CXX, c++, g++ and clang++ that runs. */
export function findCompiler() {
  return [process.env.CXX, "c++", "g++", "clang++"].find(
    (name) => name && spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0,
  );
}

const avx512 = ["-mavx512f", "-mavx512bw", "-mavx512vl", "-mavx512dq", "-mfma", "-mprefer-vector-width=512"];

/**
 * From the plainest to the best: a name, the level the addon compares (addon.cc), what a machine must have (the compiler's
 * macros), flags.
 */
const x64 = [
  { name: "portable", level: 0, needs: [], flags: [] },
  { name: "avx2", level: 1, needs: ["AVX2", "FMA", "F16C"], flags: ["-mavx2", "-mfma", "-mf16c"] },
  { name: "avx512", level: 2, needs: ["AVX512F", "AVX512BW", "AVX512VL", "AVX512DQ", "FMA"], flags: avx512 },
  {
    name: "avx512dot",
    level: 3,
    needs: ["AVX512F", "AVX512BW", "AVX512VL", "AVX512DQ", "FMA", "AVX512BF16", "AVX512VNNI"],
    // GCC 12's own intrinsics warn.
    flags: [...avx512, "-mavx512bf16", "-mavx512vnni", "-Wno-uninitialized", "-Wno-maybe-uninitialized"],
  },
];
export const instructionSets = process.arch === "x64" ? x64 : x64.slice(0, 1);

/** The best instruction set of this machine, or undefined where the compiler does not say. */
export function bestInstructionSet(compiler) {
  if (instructionSets.length === 1) return instructionSets[0];
  const { status, stdout } = spawnSync(compiler, ["-march=native", "-dM", "-E", "-x", "c++", "-"], {
    input: "",
    encoding: "utf8",
  });
  if (status !== 0) return undefined;
  const has = new Set(stdout.match(/(?<=^#define __)\w+(?=__ )/gm));
  return instructionSets.findLast(({ needs }) => needs.every((macro) => has.has(macro)));
}

/**
 * What one addon holds: `all`, one instruction set by name, or (undefined) what this machine runs best. Kernels that do not
 * use a set's additions fall back to the level below, so `avx512dot` stands on `avx512`.
 * @throws Error for a name that this machine's architecture does not have
 */
export function chosenSets(compiler, wanted) {
  if (wanted === "all") return instructionSets;
  const best = wanted
    ? instructionSets.find(({ name }) => name === wanted)
    : (bestInstructionSet(compiler) ?? instructionSets.at(-1));
  if (!best) {
    const names = instructionSets.map(({ name }) => name).join(", ");
    throw new Error(`there is no instruction set "${wanted}" on ${process.arch}; choose one of ${names}`);
  }
  return best.name === "avx512dot" ? instructionSets.slice(2) : [best];
}
