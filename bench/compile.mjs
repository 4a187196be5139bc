// Compiles a C++ file of this folder into bench/build. Undefined, with a message, where that cannot be done.
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));

/**
 * @param {string} name
 * @param {{ optimize?: string, libraries?: string[], hint?: string }} [options]
 */
export function compile(name, options = {}) {
  const { optimize = "-O3", libraries = [], hint = "" } = options;
  mkdirSync(`${here}build`, { recursive: true });
  const output = `${here}build/${name}`;
  const compiler = process.env.CXX ?? "c++";
  const flags = [optimize, "-march=native", "-std=c++17", "-pthread", `${here}${name}.cc`, "-o", output, ...libraries];
  const built = spawnSync(compiler, flags, { encoding: "utf8" });
  if (built.status === 0) return output;
  const detail = (built.error?.message ?? built.stderr).split("\n").find((line) => /error|cannot|ENOENT/.test(line));
  console.error(`${name} could not be compiled with ${compiler}. ${hint} ${detail ?? ""}`);
  return undefined;
}
