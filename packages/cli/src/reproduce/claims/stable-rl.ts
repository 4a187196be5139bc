/** Claims of section 3.1: reinforcement learning that stays stable. */

import { wilsonInterval } from "@cachalot/environments";
import { percent } from "../../percent.js";
import type { Results } from "../step.js";
import { parity } from "../steps/parity.js";
import { specialists } from "../steps/specialists.js";
import { type ArmFigures, stabilisers } from "../steps/stabilisers.js";
import type { Claim, Section } from "./claim.js";

const objective: Claim = {
  name: "grpo-objective",
  claim:
    "GRPO's objective: advantages without standard deviation, clip-higher, the unbiased KL, sequence and sampling masks.",
  published: "a formula",
  steps: [parity],
  measure(results) {
    const found = results.of(parity);
    if (!found) return undefined;
    const { grpo, training } = found;
    return {
      text: `loss and gradient of ${grpo.cases} golden cases to ${grpo.error.toExponential(1)}; ${training.within} of ${training.comparisons} losses and gradients of the network's training within their tolerances`,
    };
  },
  commands: () => ["cachalot parity test/golden/rl/grpo.json", "cachalot parity test/golden/model/plain"],
};

const logic = specialists[2]!;

const rises: Claim = {
  name: "reward-rises",
  claim: "Reward and pass@1 rise with steps.",
  published: "curves that rise with the compute of reinforcement learning",
  steps: [logic],
  measure(results) {
    const rl = results.of(logic)?.rl.rl;
    const [first, last] = [rl?.passAt1[0], rl?.passAt1.at(-1)];
    if (!rl || !first || !last) return undefined;
    return {
      text: `${percent(last.solved / last.tasks)} of ${last.tasks} held-out tasks of logic after ${rl.steps} steps, ${percent(first.solved / first.tasks)} before; reward of a step's rollouts ${rl.reward[0].toFixed(3)} to ${rl.reward[1].toFixed(3)}; one seed`,
      interval: wilsonInterval(last.solved, last.tasks),
    };
  },
  plots: (results) => ["pass-at-1", "reward"].map((plot) => ({ file: `${results.of(logic)!.run}/plots/${plot}.svg` })),
  commands: (_, dir) => [`cachalot report ${dir}/runs/specialist-logic`],
};

interface Study {
  name: string;
  claim: string;
  study: ArmFigures["study"];
  tell(arm: ArmFigures): string;
}

/** Every arm of a study in a row. Few steps of one seed: what they show is the mechanism. */
const studyClaim = ({ name, claim, study, tell }: Study): Claim => ({
  name,
  claim,
  published: "curves of one run each; no figures",
  steps: [stabilisers],
  measure(results: Results) {
    const arms = results.of(stabilisers)?.arms;
    if (!arms) return undefined;
    const own = arms.filter((arm) => arm.study === study);
    if (own.length === 0) return { text: "this scale has no arm of it" };
    return {
      text: `${own.map((arm) => `${arm.arm}: ${arm.gradientNorm.largest > 0 ? tell(arm) : "no group whose answers differed, nothing learnt"}`).join("; ")} (${own[0]!.steps} steps each, one seed)`,
    };
  },
  commands: () => [`node bench/ablations.mjs --studies ${study}`],
});

const studies: readonly Study[] = [
  {
    name: "unbiased-kl",
    claim:
      "Unbiased KL estimate: K3's gradient is biased and unbounded where the policy moved far from the reference; with the ratio inside it is not.",
    study: "kl",
    tell: ({ gradientNorm: { median, largest } }) =>
      `gradient norm ${median.toFixed(2)} in the median, ${largest.toFixed(2)} at most`,
  },
  {
    name: "sequence-mask",
    claim: "Off-policy sequence masking keeps training stable on stale rollouts.",
    study: "mask",
    tell: ({ masked, gradientNorm: { largest } }) =>
      `${percent(masked)} of sequences masked, gradient norm ${largest.toFixed(2)} at most`,
  },
  {
    name: "keep-routing",
    claim:
      "Keep routing, and the indexer's selection: the choices of sampling are those of training (rollouts in q8, trainer in f32).",
    study: "replay",
    tell: ({ mismatch }) =>
      `|engine - trainer| ${mismatch.mean.toExponential(2)} nats in the mean, ${mismatch.max.toExponential(2)} at most`,
  },
  {
    name: "keep-sampling-mask",
    claim: "Keep sampling mask: policies share the set that a token was drawn from (top-p 0.8).",
    study: "sampling-mask",
    tell: ({ ratio }) => `mean ratio ${ratio.toFixed(4)} in the first update`,
  },
];

const mismatch: Claim = {
  name: "engine-equals-trainer",
  claim: "Log-probabilities of the engine that samples are the trainer's.",
  published: "a difference remains between inference and training frameworks; no figure",
  steps: [...specialists],
  measure(results) {
    const runs = specialists.flatMap((step) => results.of(step)?.rl.rl ?? []);
    if (runs.length < specialists.length) return undefined;
    const largest = Math.max(...runs.map(({ mismatch: { max } }) => max));
    const rollouts = runs.reduce((sum, run) => sum + run.rollouts, 0);
    return {
      text: `|difference| at most ${largest.toExponential(1)} nats over the rollouts of six specialists (${rollouts}), in f32`,
    };
  },
  plots: (results) => [{ file: `${results.of(logic)!.run}/plots/mismatch.svg` }],
  commands: () => ["npx vitest run test/rl-engine"],
};

export const stableRl: Section = {
  title: "Reinforcement learning that stays stable (section 3.1)",
  claims: [objective, rises, mismatch, ...studies.map(studyClaim)],
};
