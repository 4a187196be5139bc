// Cost of 512 tokens of prefill and of one decoded token by depth of context: our sparse attention against our dense.
//   node bench/context.mjs [--depths 512,2048,…] [--top-k 2048] [--rounds 2] [--threads n] [--json]
// Caches hold random tokens: what attention costs does not depend on them, and 128K need not be read first.
import { parseArgs } from "node:util";
import { cpuInstructionSet, createDevice, setThreads } from "../packages/tensor/dist/index.js";
import { fillCache, loadCheckpoint } from "./checkpoint.mjs";
import { circumstances, commonOptions, publish } from "./report.mjs";

const { values: options } = parseArgs({
  options: {
    depths: { type: "string", default: "512,1024,2048,4096,8192,16384,32768,65536,130048" },
    "top-k": { type: "string", default: "2048" },
    rounds: { type: "string", default: "2" },
    ...commonOptions,
  },
});
const PREFILL = 512;
const DECODE = 8;
const threads = Number(options.threads);
const rounds = Number(options.rounds);
setThreads(threads);
const device = createDevice("cpu");

/** Time spent in attention over the cache, and its operations. */
const inside = { seconds: 0, flops: 0 };
const dispatch = device.dispatch.bind(device);
device.dispatch = (op, inputs, outputs, attrs) => {
  const began = performance.now();
  dispatch(op, inputs, outputs, attrs);
  if (!/^(?:paged_|expanded_)?attention$/.test(op.name)) return;
  inside.seconds += (performance.now() - began) / 1000;
  inside.flops += op.cost(inputs, attrs).flops;
};

const model = await loadCheckpoint(device, Number(options["top-k"]));
const ids = (count) => Int32Array.from({ length: count }, (_, i) => 10 + ((i * 7919) % 4000));
const works = {
  "prefill 512": (cache, attention) => model.prefill(ids(PREFILL), cache, { attention }),
  "decode 1": (cache, attention) => {
    for (let i = 0; i < DECODE; i++) model.decode(ids(1), [cache], { attention });
  },
};
const repeats = { "prefill 512": 1, "decode 1": DECODE };
const results = [];
const cache = model.createCache();
for (const depth of options.depths.split(",").map(Number)) {
  for (const [work, run] of Object.entries(works)) {
    const best = { sparse: Number.POSITIVE_INFINITY, dense: Number.POSITIVE_INFINITY };
    let attentionGflops = 0;
    for (let round = 0; round < rounds; round++)
      for (const attention of ["sparse", "dense"]) {
        fillCache(model, cache, depth);
        inside.seconds = inside.flops = 0;
        const began = performance.now();
        run(cache, attention);
        best[attention] = Math.min(best[attention], (performance.now() - began) / repeats[work]);
        if (attention === "dense") attentionGflops = Math.max(attentionGflops, inside.flops / inside.seconds / 1e9);
      }
    results.push({ work, depth, ...best, ratio: best.dense / best.sparse, denseAttentionGflops: attentionGflops });
    if (!options.json) process.stderr.write(`${work} at ${depth} measured\n`);
  }
}
cache.dispose();
model.dispose();
const report = { ...circumstances(threads, cpuInstructionSet()), topK: Number(options["top-k"]), results };
publish(report, options, () => {
  console.log(`${threads} threads, ${report.instructionSet}, load ${report.load}, top ${report.topK}\n`);
  console.log(
    `${"milliseconds".padEnd(26)}${"sparse".padStart(10)}${"dense".padStart(10)}${"ratio".padStart(8)}${"dense GFLOP/s".padStart(15)}`,
  );
  for (const { work, depth, sparse, dense, ratio, denseAttentionGflops } of results)
    console.log(
      `${work} at ${depth}`.padEnd(26) +
        sparse.toFixed(1).padStart(10) +
        dense.toFixed(1).padStart(10) +
        ratio.toFixed(2).padStart(8) +
        denseAttentionGflops.toFixed(0).padStart(15),
    );
});
