// The machine's limits, measured: read bandwidth, and what its multiply-add instructions reach in float32, bf16 and int8.
//   node bench/limits.mjs [--threads n] [--json]
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { compile } from "./compile.mjs";
import { commonOptions, publish } from "./report.mjs";

/** `{ readGigabytes, fmaGflops, bf16Gflops, int8Gops }` per second on all threads; empty without a compiler. */
export function measureLimits(threads, rounds = 5) {
  const path = compile("limits");
  if (!path) return {};
  return JSON.parse(spawnSync(path, [String(threads), String(rounds)], { encoding: "utf8" }).stdout);
}

export function describeLimits({ readGigabytes, fmaGflops, bf16Gflops, int8Gops }) {
  const parts = [
    readGigabytes && `reads ${readGigabytes.toFixed(1)} GB/s`,
    fmaGflops && `float32 ${fmaGflops.toFixed(0)} GFLOP/s`,
    bf16Gflops && `bf16 ${bf16Gflops.toFixed(0)} GFLOP/s`,
    int8Gops && `int8 ${int8Gops.toFixed(0)} GOP/s`,
  ];
  return `limits: ${parts.filter(Boolean).join(", ")}`;
}

if (import.meta.filename === process.argv[1]) {
  const { values: options } = parseArgs({ options: commonOptions });
  const limits = measureLimits(Number(options.threads));
  publish(limits, options, () => console.log(describeLimits(limits)));
}
