/** Claims of section 2.1: continued pre-training with sparse attention. */

import type { Scale } from "../scale.js";
import type { Results } from "../step.js";
import { base } from "../steps/base.js";
import { heldOut } from "../steps/held-out.js";
import type { Claim, Section } from "./claim.js";

const report = (_: Scale, dir: string): string[] => [`cachalot report ${dir}/runs/base`];
const plot = (results: Results, name: string) => [{ file: `${results.of(base)!.run}/plots/${name}.svg` }];
const stageNamed = (results: Results, name: string) => results.of(base)?.stages.find((stage) => stage.name === name);
const fixed = (value: number | null | undefined, digits = 3): string => value?.toFixed(digits) ?? "–";

/** KL and recall of a stage, from its first evaluation to its last. */
function indexerOf(results: Results, name: string) {
  const stage = stageNamed(results, name);
  if (!stage?.start || !stage.end) return undefined;
  const { start, end, steps, tokens } = stage;
  const change = (of: (point: typeof start) => number | null) => `${fixed(of(start))} to ${fixed(of(end))}`;
  return {
    text: `held-out KL ${change(({ indexerKl }) => indexerKl)} nats over all layers, recall ${change(({ meanRecall }) => meanRecall)}, in ${steps} steps of ${tokens} tokens together; one run`,
  };
}

const warmup: Claim = {
  name: "indexer-warmup",
  claim: "Dense warm-up: the indexer alone learns the attention's distribution, KL(p ‖ softmax(I)) over all keys.",
  published: "1,000 steps of 16 sequences of 128K tokens, 2.1B tokens; no KL is given",
  steps: [base],
  measure: (results) => indexerOf(results, "warmup"),
  plots: (results) => plot(results, "indexer-kl"),
  commands: report,
};

const sparse: Claim = {
  name: "sparse-training",
  claim: "Sparse training: the KL over the selected tokens, the indexer's inputs detached.",
  published: "15,000 steps of 480 sequences of 128K tokens, 943.7B tokens, 2,048 selected; no KL is given",
  steps: [base],
  measure: (results) => indexerOf(results, "sparse"),
  plots: (results) => plot(results, "recall"),
  commands: report,
};

const parity: Claim = {
  name: "sparse-costs-no-quality",
  claim: "Sparse attention costs no quality at equal tokens.",
  published: "on par with V3.1-Terminus, its dense start, on the benchmarks compared",
  steps: [base, heldOut],
  measure(results) {
    const rows = results.of(heldOut)?.rows;
    const [sparse, dense] = ["sparse", "dense-control"].map((name) => rows?.find(({ stage }) => stage === name));
    if (!rows) return undefined;
    if (!sparse || !dense) return { text: "this scale's base has no dense control" };
    const difference = 100 * (sparse.loss / dense.loss - 1);
    const parts = Object.entries(sparse.parts).map(
      ([part, { loss }]) => `${part} ${fixed(loss)} and ${fixed(dense.parts[part]?.loss)}`,
    );
    return {
      text: `${difference < 0 ? "" : "+"}${difference.toFixed(2)} % held-out loss of sparse against a dense control of the same tokens (${fixed(sparse.loss, 4)} and ${fixed(dense.loss, 4)}; ${parts.join(", ")}); one run`,
    };
  },
  plots: (results) => plot(results, "sparse-vs-dense"),
  commands: (scale, dir) => [`cachalot evaluate ${dir}/runs/base ${dir}/data/base --rows ${scale.heldOutRows}`],
};

const balance: Claim = {
  name: "expert-balance",
  claim: "Auxiliary-loss-free balancing keeps experts in use.",
  published: "none",
  steps: [base],
  measure(results) {
    const load = results.of(base)?.expertLoad;
    if (!load) return undefined;
    return {
      text: `busiest expert ${fixed(load.busiest, 2)} times the mean, idlest ${fixed(load.idlest, 2)}, over all layers on held-out rows at the end of ${load.stage}`,
    };
  },
  plots: (results) => plot(results, "expert-load"),
  commands: report,
};

export const continuedPretraining: Section = {
  title: "Continued pre-training with sparse attention (section 2.1)",
  claims: [warmup, sparse, parity, balance],
};
