// Tokens per second of the embedded model on every device that works here, one after the other in each round: a prompt of 512 tokens read at
// once, and tokens decoded one by one.
//   node bench/devices.mjs [--weights f32,bf16,q8] [--rounds 3] [--threads n] [--json] [--out FILE]
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { loadModel } from "../packages/model/dist/index.js";
import {
  cpuInstructionSet,
  createDevice,
  deviceNames,
  setThreads,
  unavailableReason,
} from "../packages/tensor/dist/index.js";
import { circumstances, commonOptions, publish } from "./report.mjs";

const { values: options } = parseArgs({
  options: {
    weights: { type: "string", default: "f32,bf16" },
    rounds: { type: "string", default: "3" },
    ...commonOptions,
  },
});
const threads = Number(options.threads);
setThreads(threads);
const embedded = fileURLToPath(new URL("../models/embedded", import.meta.url));
/** Tokens read and decoded; the reference device is given fewer, its speed hardly depends on how many. */
const amounts = (name) => (name === "reference" ? { prefill: 64, decode: 4 } : { prefill: 512, decode: 64 });
const ids = (count) => Int32Array.from({ length: count }, (_, i) => 10 + ((i * 7919) % 4000));

/** Tokens per second of one prefill and of decoding behind it. */
async function measure({ name, model }) {
  const { prefill, decode } = amounts(name);
  const cache = model.createCache();
  const began = performance.now();
  await model.prefill(ids(prefill), cache);
  const read = performance.now();
  for (let i = 0; i < decode; i++) await model.decode(ids(1), [cache]);
  const decoded = performance.now();
  cache.dispose();
  return { prefill: (prefill / (read - began)) * 1000, decode: (decode / (decoded - read)) * 1000 };
}

const results = [];
/** @type {import("../packages/model/dist/index.js").WeightDtype[]} */
const dtypes = options.weights.split(",").map((name) => /** @type {any} */ (name));
for (const weights of dtypes) {
  const contestants = [];
  for (const name of deviceNames.filter((candidate) => !unavailableReason(candidate)))
    contestants.push({ name, model: await loadModel(embedded, { device: createDevice(name), dtype: weights }) });
  const best = Object.fromEntries(contestants.map(({ name }) => [name, { prefill: 0, decode: 0 }]));
  for (let round = 0; round < Number(options.rounds); round++)
    for (const contestant of contestants) {
      const rates = await measure(contestant);
      const record = best[contestant.name];
      for (const work of ["prefill", "decode"]) record[work] = Math.max(record[work], rates[work]);
    }
  for (const { model } of contestants) model.dispose();
  const slowest = best.reference;
  for (const [device, { prefill, decode }] of Object.entries(best)) {
    const ofReference = { prefill: prefill / slowest.prefill, decode: decode / slowest.decode };
    results.push({ weights, device, prefill, decode, ofReference });
  }
}

const report = { ...circumstances(threads, cpuInstructionSet()), results };
publish(report, options, () => {
  console.log(`${threads} threads, ${report.instructionSet}, load ${report.load}\n`);
  console.log(`${"tokens/s".padEnd(20)}${"prefill".padStart(10)}${"decode".padStart(10)}${"x reference".padStart(18)}`);
  for (const { weights, device, prefill, decode, ofReference } of results)
    console.log(
      `${`${device} ${weights}`.padEnd(20)}${prefill.toFixed(0).padStart(10)}${decode.toFixed(1).padStart(10)}` +
        `${`${ofReference.prefill.toFixed(1)} / ${ofReference.decode.toFixed(1)}`.padStart(18)}`,
    );
});
