// What every benchmark does with its measurements: print them, and write them where asked.
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { dirname } from "node:path";

/**
 * Options all benchmarks share, for `parseArgs`.
 * @type {{ threads: { type: "string", default: string }, json: { type: "boolean", default: boolean }, out: { type: "string" } }}
 */
export const commonOptions = {
  threads: { type: "string", default: String(availableParallelism()) },
  json: { type: "boolean", default: false },
  out: { type: "string" },
};

/**
 * Where and under what load a measurement was made.
 * @param {number} threads
 * @param {string} [instructionSet]
 */
export function circumstances(threads, instructionSet) {
  return { machine: cpus()[0]?.model.trim(), threads, instructionSet, load: Number((loadavg()[0] ?? 0).toFixed(2)) };
}

/**
 * @param {string} file
 * @param {string} text
 */
export function writeFile(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.tmp`, text);
  renameSync(`${file}.tmp`, file);
}

/**
 * `--json` prints the report, else `print` does; `--out FILE` writes it as well.
 * @param {object} report
 * @param {{ json?: boolean, out?: string | undefined }} options
 * @param {() => void} print
 */
export function publish(report, { json, out }, print) {
  const text = `${JSON.stringify(report, null, 2)}\n`;
  if (out) writeFile(out, text);
  if (json) process.stdout.write(text);
  else print();
}
