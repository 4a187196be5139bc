// The stabilisers of GRPO, each switched off and on: what an arm of a study changes in the recipe of `arm.mjs`.

/** @typedef {{ name: string, stage: Record<string, unknown>, options?: Record<string, unknown> }} Arm */
/**
 * @typedef {{ title: string, question: string, measures: readonly string[], steps: number, stage?: object, arms: readonly Arm[] }} Study
 *   a study may change the stage of all its arms
 */

const none = { keepRouting: false, keepSelection: false };
const routing = { keepRouting: true, keepSelection: false };
const both = { keepRouting: true, keepSelection: true };
const replayed = ["bf16", "q8"].flatMap((rolloutWeights) => [
  { name: `${rolloutWeights}`, stage: { rolloutWeights, ...none }, options: { beta: 0 } },
  { name: `${rolloutWeights}, routing`, stage: { rolloutWeights, ...routing }, options: { beta: 0 } },
  { name: `${rolloutWeights}, routing and selection`, stage: { rolloutWeights, ...both }, options: { beta: 0 } },
]);

/** @type {Record<string, Study>} */
export const studies = {
  kl: {
    title: "KL estimate",
    question: "Is the gradient of K3 noisier than that of the unbiased estimate, which has the ratio inside?",
    measures: ["passAt1", "gradientMedian", "gradientLargest", "kl"],
    steps: 40,
    arms: [
      { name: "no KL", stage: {}, options: { beta: 0 } },
      { name: "unbiased", stage: {}, options: { beta: 0.1, kl: "unbiased" } },
      { name: "K3", stage: {}, options: { beta: 0.1, kl: "k3" } },
    ],
  },
  mask: {
    title: "off-policy sequence mask",
    question: "Does the mask save a run whose rollouts are many steps old?",
    measures: ["passAt1", "gradientMedian", "gradientLargest", "dropped"],
    steps: 40,
    arms: [0, 8, 16].flatMap((offPolicy) => [
      { name: `${offPolicy} steps old`, stage: { offPolicy }, options: { beta: 0, sequenceMaskDelta: null } },
      { name: `${offPolicy} steps old, masked`, stage: { offPolicy }, options: { beta: 0, sequenceMaskDelta: 0.1 } },
    ]),
  },
  replay: {
    title: "routing and selection",
    question:
      "What of the difference between an engine with fewer bits and the trainer goes, once its choices are replayed?",
    measures: ["passAt1", "mismatchMean", "mismatchK3", "gradientLargest"],
    steps: 12,
    arms: replayed,
  },
  "replay-long": {
    title: "routing and selection, contexts of some 700 tokens",
    question: "And where a context is longer than index_topk, so that the lightning indexer leaves tokens out?",
    measures: ["mismatchMean", "mismatchK3", "gradientLargest"],
    steps: 3,
    stage: { tasks: { tasksets: { database: { levels: [0, 1] } } }, groups: 4, heldOutTasks: 2 },
    arms: replayed,
  },
  "sampling-mask": {
    title: "sampling mask",
    question: "Is the ratio of an unchanged policy 1 only over the set that a token was drawn from?",
    measures: ["passAt1", "ratio", "dropped", "gradientLargest"],
    steps: 20,
    arms: [0.95, 0.8].flatMap((topP) => [
      { name: `top-p ${topP}`, stage: { sampling: { topP }, keepSamplingMask: false }, options: { beta: 0 } },
      { name: `top-p ${topP}, kept sets`, stage: { sampling: { topP }, keepSamplingMask: true }, options: { beta: 0 } },
    ]),
  },
};

/** How a measure is called, and with how many digits. */
export const measureNames = {
  passAt1: ["pass@1 at the end", 3],
  gradientMedian: ["gradient norm, median", 2],
  gradientLargest: ["gradient norm, largest", 2],
  kl: ["KL to the start", 4],
  dropped: ["sequences masked", 4],
  ratio: ["mean ratio in the first update", 4],
  mismatchMean: ["|engine - trainer|, nats", 5],
  mismatchK3: ["k3(engine, trainer)", 7],
};
