// Training and decoding tokens per second of the embedded model's shape, with --full of a 30M one too: cpu against reference, and against the best
// SGEMM rate OpenBLAS reaches in the same run.
//   node bench/model.mjs [--full] [--threads n] [--rounds 3] [--json] [--out FILE]
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { CausalLM, initializeParameters, parseConfig } from "../packages/model/dist/index.js";
import { cpuInstructionSet, createDevice, Random, setThreads } from "../packages/tensor/dist/index.js";
import { AdamW } from "../packages/training/dist/optimizer/adamw.js";
import { recipeSchema } from "../packages/training/dist/recipe/recipe.js";
import { dataStageOf, stageSchema } from "../packages/training/dist/stages/index.js";
import { TrainableNetwork } from "../packages/training/dist/trainer/network.js";
import { trainStep } from "../packages/training/dist/trainer/step.js";
import { settleMilliseconds, startPeers } from "./peer.mjs";
import { circumstances, commonOptions, publish } from "./report.mjs";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    ...commonOptions,
    full: { type: "boolean", default: false },
  },
});
const threads = Number(options.threads);
const rounds = Number(options.rounds);
const recipe = recipeSchema.parse(
  JSON.parse(readFileSync(new URL("../recipes/embedded/train.json", import.meta.url), "utf8")),
);
const embedded = parseConfig(recipe.model);
/** The same recipe at 30M parameters. */
const larger = parseConfig({
  ...recipe.model,
  ...{ hidden_size: 448, intermediate_size: 1024, moe_intermediate_size: 256, num_hidden_layers: 8 },
  ...{ num_attention_heads: 8, q_lora_rank: 224, kv_lora_rank: 128 },
});

/** Counts the floating-point operations that pass through a device. */
function counted(device) {
  const counter = { flops: 0 };
  const dispatch = device.dispatch.bind(device);
  device.dispatch = (op, inputs, outputs, attrs) => {
    counter.flops += op.cost(inputs, attrs).flops;
    dispatch(op, inputs, outputs, attrs);
  };
  return counter;
}

function randomBatch(config, batch, seq) {
  const random = new Random(1);
  const ids = () => Int32Array.from({ length: batch * seq }, () => random.integer(config.vocabSize));
  return { batch, seq, inputs: ids(), targets: ids() };
}

/** @typedef {{ tokens: number, flops(): number, run(): number, dispose(): void }} Work */

/** A stage of training on one device: `run()` makes a step and returns its seconds. */
function training(name, kind, batch, seq, config = embedded) {
  const device = createDevice(name);
  const counter = counted(device);
  const network = new TrainableNetwork(config, device, initializeParameters(config, device, 1));
  const options = /** @type {import("../packages/training/dist/stages/index.js").DataStageRecipe} */ (
    stageSchema.parse({ name: kind, kind, steps: 1, batch, seq, learningRate: 1e-4, parts: {} })
  );
  const stage = dataStageOf(options);
  if (!stage) throw new Error(`${kind} does not read data`);
  const optimizer = new AdamW(
    device,
    network.unfreeze((spec) => stage.trains(spec, options)),
    network.parameters,
    recipe.optimizer,
  );
  const data = randomBatch(config, batch, seq);
  let flops = 0;
  return {
    tokens: batch * seq,
    flops: () => flops,
    run() {
      counter.flops = 0;
      const began = performance.now();
      trainStep({
        network,
        optimizer,
        objective: (ctx) => stage.objective(ctx, network, data, options),
        learningRate: 1e-4,
        balancingRate: stage.balancesExperts ? 0.001 : undefined,
      });
      flops = counter.flops;
      return (performance.now() - began) / 1000;
    },
    dispose() {
      optimizer.dispose();
      network.dispose();
    },
  };
}

/** Decoding one sequence behind `depth` tokens: `run()` makes `count` tokens and returns the seconds of one. */
function decoding(name, depth, count, config = embedded) {
  const device = createDevice(name);
  const counter = counted(device);
  const model = new CausalLM(config, device, initializeParameters(config, device, 1));
  const cache = model.createCache();
  model.prefill(randomBatch(config, 1, depth).inputs, cache);
  let flops = 0;
  return {
    tokens: 1,
    flops: () => flops,
    run() {
      counter.flops = 0;
      const began = performance.now();
      for (let i = 0; i < count; i++) model.decode(Int32Array.of(i), [cache]);
      const seconds = (performance.now() - began) / 1000 / count;
      flops = counter.flops / count;
      cache.truncate(depth);
      return seconds;
    },
    dispose() {
      cache.dispose();
      model.dispose();
    },
  };
}

setThreads(threads);
const peers = await startPeers(threads);
/** @type {[name: string, ours: () => Work, reference?: () => Work][]} */
const works = [
  ["train dense 4 x 1024", () => training("cpu", "dense", 4, 1024)],
  ["train warm-up 1 x 4096", () => training("cpu", "warmup", 1, 4096)],
  ["train sparse 2 x 2048", () => training("cpu", "sparse", 2, 2048)],
  ["train dense 1 x 256", () => training("cpu", "dense", 1, 256), () => training("reference", "dense", 1, 256)],
  ["decode at depth 64", () => decoding("cpu", 64, 50), () => decoding("reference", 64, 1)],
  ["decode at depth 2048", () => decoding("cpu", 2048, 50)],
];
if (options.full)
  works.push(
    ["30M: train dense 2 x 1024", () => training("cpu", "dense", 2, 1024, larger)],
    ["30M: train sparse 1 x 2048", () => training("cpu", "sparse", 1, 2048, larger)],
  );
/** @type {{ name: string, tokensPerSecond: number, gflops: number, timesReference?: number, ofSgemm?: number }[]} */
const results = [];
let sgemm = 0;
for (const [name, makeOurs, makeReference] of works) {
  const ours = makeOurs();
  ours.run();
  let seconds = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    seconds = Math.min(seconds, ours.run());
    for (const { ask } of peers) {
      const n = 1024;
      const answer = await ask(`gemm 0 1 ${n} ${n} ${n} ${n} ${n} ${n} 1 0 0 0 0.2`);
      sgemm = Math.max(sgemm, (2 * n ** 3) / answer.seconds);
      await sleep(settleMilliseconds);
    }
  }
  const rate = ours.flops() / seconds;
  ours.dispose();
  const reference = makeReference?.();
  const referenceSeconds = reference?.run();
  reference?.dispose();
  results.push({
    name,
    tokensPerSecond: ours.tokens / seconds,
    gflops: rate / 1e9,
    ...(referenceSeconds ? { timesReference: referenceSeconds / seconds } : {}),
  });
  if (!options.json) process.stderr.write(`${name} measured\n`);
}
for (const { end } of peers) end();
for (const result of results) if (sgemm > 0) result.ofSgemm = (result.gflops * 1e9) / sgemm;
const report = {
  ...circumstances(threads, cpuInstructionSet()),
  sgemmGflops: sgemm > 0 ? sgemm / 1e9 : undefined,
  results,
};
publish(report, options, () => {
  console.log(`${report.machine}, ${threads} threads, ${report.instructionSet}, load ${report.load.toFixed(1)}`);
  if (sgemm > 0) console.log(`SGEMM peak (OpenBLAS, 1024^3): ${(sgemm / 1e9).toFixed(0)} GFLOP/s`);
  console.log(
    `\n${"".padEnd(26)}${"tok/s".padStart(9)}${"GFLOP/s".padStart(10)}${"of SGEMM".padStart(10)}${"x reference".padStart(13)}`,
  );
  for (const { name, tokensPerSecond, gflops, ofSgemm, timesReference } of results)
    console.log(
      name.padEnd(26) +
        tokensPerSecond.toFixed(0).padStart(9) +
        gflops.toFixed(1).padStart(10) +
        (ofSgemm === undefined ? "-" : `${(100 * ofSgemm).toFixed(0)}%`).padStart(10) +
        (timesReference === undefined ? "" : timesReference.toFixed(0)).padStart(13),
    );
});
