/** GRPO at work: rollouts of the current policy, written, then learnt from; a queue of older ones where asked. */

import { type Rollout, sampledTokens } from "@cachalot/chat";
import { TrainingError } from "../errors.js";
import { saveLoadableModel } from "../run/save-loadable-model.js";
import type { Measured, StageSession, StageSetting, StepOutcome } from "../stages/stage.js";
import { type Collecting, type CollectOptions, collectRollouts } from "./collect-rollouts.js";
import { configuredAlgorithm } from "./configured-algorithm.js";
import type { GrpoOptions } from "./grpo-options.js";
import { mismatchOf } from "./mismatch.js";
import { preflightLines, requireSignal } from "./preflight.js";
import { publishWeights } from "./published-weights.js";
import type { RlEvaluation } from "./rl-metrics.js";
import { trainableGroups } from "./rollout-groups.js";
import { RolloutStore, rolloutsDir, rolloutsName } from "./rollout-store.js";
import { viewOf, writeView } from "./rollout-view.js";
import { type LogprobOptions, sampledLogprobs } from "./sampled-logprobs.js";
import { summarizeHeldOut, summarizeRollouts } from "./summarize-rollouts.js";
import { trainingSequences } from "./training-sequence.js";
import { type Learner, updatePolicy } from "./update-policy.js";

/** Steps in a row without anything to learn that end a run. */
const MOST_IDLE = 3;

interface SessionState {
  /** Steps in a row that had nothing to learn from. */
  idle: number;
  /** Of the policy. */
  version: number;
}

/**
 * Opens the policy, the source and the frozen policies an algorithm asks for; the preflight comes first where a run begins.
 * @throws TrainingError `no_signal` where there is nothing to learn from.
 */
export async function openGrpo(setting: StageSetting<GrpoOptions>): Promise<StageSession> {
  const { options, network, optimizer, openFrozen, signal } = setting;
  const rl = setting.rl!;
  const algorithm = configuredAlgorithm(options.algorithm, options.name);
  const contextLength = options.contextLength ?? network.config.maxPositionEmbeddings;
  const { rolloutWeights: weights, maxSequences } = options;
  const use = { runDir: setting.runDir, stage: options.name, weights, maxSequences, contextLength, note: setting.note };
  const source = await rl.sourceFor(options.tasks, use);
  const store = new RolloutStore(rolloutsDir(setting.runDir, options.name), options.name);
  const policy = await rl.openPolicy(network, {
    ...{ weights, maxSequences, contextLength },
    version: (setting.savedState as SessionState | undefined)?.version ?? 0,
    tokenizerDir: setting.tokenizerDir!,
  });
  const reference = algorithm.needs.includes("reference") ? await openFrozen() : undefined;
  const teacher = algorithm.needs.includes("teacher") ? await openFrozen(options.teacher) : undefined;
  const learner = { network, optimizer, algorithm, reference, teacher };
  const session = new GrpoSession(setting, learner, { source, store, policy, signal });
  try {
    await session.begin(rl.preflight ?? true);
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}

class GrpoSession implements StageSession {
  /** Rollouts by the step that learns from them. */
  readonly #queue = new Map<number, { rollouts: Rollout[]; seconds: number; isNew: boolean }>();
  #nextStep: number;
  #idle: number;

  constructor(
    private readonly setting: StageSetting<GrpoOptions>,
    private readonly learner: Learner,
    private readonly collecting: Collecting,
  ) {
    this.#nextStep = setting.stepsMade;
    this.#idle = (setting.savedState as SessionState | undefined)?.idle ?? 0;
  }

  async begin(preflight: boolean): Promise<void> {
    const { stepsMade, note } = this.setting;
    await this.#publish();
    if (stepsMade > 0) {
      // The curriculum stands where the last step left it.
      const last = await this.collecting.store.read(rolloutsName(stepsMade - 1));
      if (last) this.collecting.source.restore(last.sourceState);
      return;
    }
    if (!preflight) return;
    await this.#collect(0);
    const { rollouts } = this.#queue.get(0)!;
    const sequences = rollouts.flatMap((rollout) => trainingSequences(rollout, 0));
    const logprobs = sampledLogprobs(this.learner.network, sequences, this.#logprobOptions);
    for (const line of preflightLines(rollouts, mismatchOf(sequences, logprobs))) note(line);
    if (this.learner.algorithm.learnsFromRewards) requireSignal(rollouts);
  }

  async step(step: number, learningRate: number): Promise<StepOutcome> {
    const { options, seed } = this.setting;
    const { source, policy } = this.collecting;
    const ahead = source.elsewhere ? 0 : options.offPolicy;
    for (; this.#nextStep <= step + ahead; this.#nextStep++) await this.#collect(this.#nextStep);
    const { rollouts, seconds: rolling, isNew } = this.#queue.get(step)!;
    const began = performance.now();
    const groups = trainableGroups(rollouts, this.learner.algorithm, options.overlong === "drop");
    const age = source.elsewhere ? ageOf(rollouts, policy.version) : Math.min(step, options.offPolicy);
    this.#requireProgress(groups.length, rollouts);
    const plan = { count: options.miniBatches, seed: seed * 65_537 + step, learningRate };
    const update = groups.length > 0 ? updatePolicy(this.learner, groups, plan, this.#logprobOptions) : undefined;
    if (update) {
      await policy.update();
      await this.#publish();
      const view = viewOf(step, rollouts, update.trained, policy.tokenizer);
      await writeView(this.collecting.store.dir, view);
    }
    this.#queue.delete(step);
    const training = (performance.now() - began) / 1000;
    const learntTokens = groups.flat().reduce((sum, { sampledAt }) => sum + sampledAt.length, 0);
    const summary = summarizeRollouts(rollouts);
    const { disagreeing = 0 } = summary.rechecked ?? {};
    if (disagreeing > 0)
      this.setting.note(
        `step ${step + 1}: the sandbox judges ${disagreeing} of ${summary.rechecked!.rollouts} re-checked rollouts otherwise than the interpreter here; ` +
          "cachalot rollouts shows them with sandbox 0",
      );
    const measured: Measured = {
      policyLoss: update?.loss ?? 0,
      gradientNorm: update?.gradientNorm ?? 0,
      stepTokens: update?.tokens ?? 0,
      rl: {
        ...summary,
        ...(update?.metrics ?? IDLE_METRICS),
        refills: Math.max(0, summary.groups - options.groups),
        mismatch: update?.mismatch ?? { mean: 0, max: 0, k3: 0 },
        age,
        ...(source.elsewhere ? { staleGroups: source.elsewhere.staleGroups } : {}),
        sequences: groups.flat().length,
        sampledTokens: learntTokens,
        seconds: { rolling, training },
        ...(isNew
          ? {
              rolloutTokensPerSecond:
                rollouts.reduce((sum, one) => sum + sampledTokens(one), 0) / Math.max(rolling, 1e-3),
            }
          : {}),
      },
    };
    const headline = `reward ${summary.reward.toFixed(3)} · pass@1 ${summary.pass1.toFixed(3)}`;
    return { measured, tokens: update?.tokens ?? 0, headline };
  }

  async evaluate(step: number): Promise<{ measured: Measured; note: string }> {
    const { source, store, policy, signal } = this.collecting;
    const { options, seed } = this.setting;
    const name = `heldout-${rolloutsName(step)}`;
    let stored = await store.read(name);
    if (!stored) {
      const { heldOutTasks: perSet, sampling } = options;
      const rollouts = await source.evaluate({ seed, perSet, sampling }, policy, signal);
      signal?.throwIfAborted();
      stored = { step, rollouts, sourceState: source.state() };
      await store.write(name, stored);
    }
    const heldOut = summarizeHeldOut(stored.rollouts);
    return { measured: { heldOut }, note: heldOutNote(heldOut) };
  }

  state(): SessionState {
    return { idle: this.#idle, version: this.collecting.policy.version };
  }

  async close(): Promise<void> {
    await this.collecting.policy.close();
    this.learner.reference?.dispose();
    this.learner.teacher?.dispose();
  }

  /** For those who sample elsewhere. */
  async #publish(): Promise<void> {
    const { source, policy } = this.collecting;
    const { runDir, options, network, tokenizerDir } = this.setting;
    if (!source.elsewhere) return;
    await publishWeights({ runDir, stage: options.name }, policy.version, (dir) =>
      saveLoadableModel(dir, network, tokenizerDir!),
    );
  }

  async #collect(step: number): Promise<void> {
    if (this.#queue.has(step)) return;
    const began = performance.now();
    const { rollouts, isNew } = await collectRollouts(this.collecting, step, this.#collectOptions);
    this.#queue.set(step, { rollouts, isNew, seconds: (performance.now() - began) / 1000 });
  }

  get #collectOptions(): CollectOptions {
    const { groups, groupSize, sampling, refill, offPolicy } = this.setting.options;
    const { keepRouting, keepSelection, keepSamplingMask } = this.setting.options;
    const limited = sampling.topP < 1 || sampling.topK > 0;
    return {
      seed: this.setting.seed,
      groups,
      groupSize,
      sampling,
      refill,
      offPolicy,
      learnsFromRewards: this.learner.algorithm.learnsFromRewards,
      record: {
        kept: keepSamplingMask && limited,
        experts: keepRouting,
        selection: keepSelection && this.learner.network.config.indexer !== undefined,
      },
    };
  }

  get #logprobOptions(): LogprobOptions {
    const { rowTokens, passTokens, keepRouting, keepSelection, keepSamplingMask, sharePrompts } = this.setting.options;
    return { rowTokens, passTokens, pad: 0, keepRouting, keepSelection, keepSamplingMask, sharePrompts };
  }

  /** @throws TrainingError `no_signal` after some steps in which no group taught anything. */
  #requireProgress(groups: number, rollouts: readonly Rollout[]): void {
    this.#idle = groups > 0 ? 0 : this.#idle + 1;
    if (this.#idle < MOST_IDLE) return;
    const { reward, pass1 } = summarizeRollouts(rollouts);
    const fix =
      pass1 > 0.5
        ? "the tasks are solved: raise their level"
        : "teach the tasks first (stage sft), or lower their level";
    throw new TrainingError(
      "no_signal",
      `the answers to every task have earned the same for ${this.#idle} steps (mean reward ${reward.toFixed(3)}), so there is nothing to learn; ${fix}`,
    );
  }
}

/** Versions between the oldest weights that drew a rollout and these: mean over rollouts. */
function ageOf(rollouts: readonly Rollout[], version: number): number {
  const ages = rollouts.flatMap(({ sequences }) => {
    const drawn = sequences.flatMap(({ versions }) => [...versions].filter((own) => own >= 0));
    return drawn.length > 0 ? [version - drawn.reduce((least, own) => Math.min(least, own))] : [];
  });
  return ages.reduce((sum, age) => sum + age, 0) / Math.max(ages.length, 1);
}

const IDLE_METRICS = {
  ratioMean: 1,
  ratioMax: 1,
  clippedLow: 0,
  clippedHigh: 0,
  kl: 0,
  sequencesDropped: 0,
  ratiosClamped: 0,
};

function heldOutNote({ pass1, byTaskset, length }: RlEvaluation): string {
  const sets = Object.entries(byTaskset).map(([name, summary]) => `${name} ${summary.pass1.toFixed(3)}`);
  return `pass@1 ${pass1.toFixed(3)} (${sets.join(", ")}) · ${length.mean.toFixed(1)} tokens an answer`;
}
