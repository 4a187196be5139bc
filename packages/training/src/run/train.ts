import { stat } from "node:fs/promises";
import { join } from "node:path";
import { writeDirectoryAtomic } from "@cachalot/files";
import { checkpointConfig, initializeParameters, loadParameters, type ModelConfig, parseConfig } from "@cachalot/model";
import { type Device, defaultDevice } from "@cachalot/tensor";
import { type Dataset, openDataset } from "../data/index.js";
import { AdamW } from "../optimizer/adamw.js";
import { learningRateAt } from "../optimizer/schedule.js";
import type { Recipe } from "../recipe/recipe.js";
import type { RolloutBinding } from "../rl/rollout-source.js";
import { type StageRecipe, stageOf } from "../stages/index.js";
import type { StageSession } from "../stages/stage.js";
import { TrainableNetwork } from "../trainer/network.js";
import type { Progress } from "./progress.js";
import { requireTrainable } from "./require-trainable.js";
import { RunDirectory, type RunState } from "./run-directory.js";
import { saveLoadableModel } from "./save-loadable-model.js";
import { tokenizerDirOf } from "./tokenizer-dir.js";
import { damageOfTrainerState, loadOptimizerState, saveTrainerState } from "./trainer-state.js";

export interface TrainOptions {
  /** Default: runs/NAME of the recipe. An existing run is resumed. */
  runDir?: string;
  /** Let the run's recipe have grown: more steps of its last stage, or stages behind it. */
  extend?: boolean;
  device?: Device;
  progress: Progress;
  /** Stop cleanly (with a checkpoint) when aborted. */
  signal?: AbortSignal;
  /** For stages that learn from rollouts: who samples them, and of which tasks. */
  rl?: RolloutBinding;
}

/**
 * Trains a recipe from where its run stands to the end; returns the run's directory and whether it is complete.
 * @throws TrainingError `invalid_recipe` or `invalid_data` before anything is written, `invalid_run` when the run is another
 * process's, another recipe's or other data's; ModelError for a bad model.
 */
export async function train(recipe: Recipe, options: TrainOptions): Promise<{ runDir: string; complete: boolean }> {
  const runDir = options.runDir ?? join(recipe.runs, recipe.name);
  const config = parseConfig(recipe.model, "the recipe's model");
  const dataset = recipe.data && (await openDataset(recipe.data.dir));
  const tokenizerDir = tokenizerDirOf(recipe);
  await requireTrainable(recipe, { config, dataset, tokenizerDir, rl: options.rl, runDir });
  const { extend = false } = options;
  const run = await RunDirectory.open(runDir, { recipe, data: dataset, extend });
  try {
    const training = new Training(recipe, config, run, dataset, options);
    return { runDir, complete: await training.toTheEnd() };
  } finally {
    await run.close();
  }
}

/** A stage at work. */
interface AtWork {
  network: TrainableNetwork;
  optimizer: AdamW;
  session: StageSession;
  state: RunState;
  began: number;
}

class Training {
  private readonly device: Device;

  constructor(
    private readonly recipe: Recipe,
    private readonly config: ModelConfig,
    private readonly run: RunDirectory,
    private readonly dataset: Dataset | undefined,
    private readonly options: TrainOptions,
  ) {
    this.device = options.device ?? defaultDevice();
  }

  async toTheEnd(): Promise<boolean> {
    const { recipe, run, options } = this;
    const latest = await run.latestCheckpoint(damageOfTrainerState, (text) => options.progress.note(text));
    const finished = new Set(latest ? this.finishedAt(latest.state) : []);
    // Metrics behind the checkpoint belong to steps that will be made again; in a run without one, all of them.
    await run.rewindMetrics(latest?.state.metricsBytes ?? 0);
    let seconds = latest?.state.seconds ?? 0;
    let tokensByStage = await this.tokensAtEndOfStages();
    for (const [position, stage] of recipe.stages.entries()) {
      if (finished.has(stage.name)) continue;
      const resume = latest?.state.stage === stage.name && latest.state.step > 0 ? latest : undefined;
      if (resume) options.progress.note(`resuming ${stage.name} at step ${resume.state.step}`);
      const parent = stage.from ?? recipe.stages[position - 1]?.name;
      const network = await this.networkFor(parent, resume?.dir);
      const trained = network.unfreeze((parameter) => stageOf(stage).trains(parameter, stage));
      const optimizer = new AdamW(this.device, trained, network.parameters, recipe.optimizer);
      try {
        let state: RunState = {
          stage: stage.name,
          step: 0,
          tokens: parent ? (tokensByStage.get(parent) ?? 0) : 0,
          optimizerStep: 0,
          metricsBytes: 0,
          seconds,
          finishedStages: [...finished],
        };
        if (resume) {
          state = { ...resume.state, finishedStages: [...finished] };
          await loadOptimizerState(resume.dir, optimizer);
          optimizer.step = state.optimizerStep;
        }
        const began = Date.now() - state.seconds * 1000;
        const session = await this.unlessAborted(
          this.openSession(stage, position, { network, optimizer, state, parent }),
        );
        if (!session) return false;
        try {
          if (!(await this.runStage(stage, { network, optimizer, session, state, began }))) return false;
        } finally {
          await session.close?.();
        }
        seconds = (Date.now() - began) / 1000;
        finished.add(stage.name);
        tokensByStage = await this.tokensAtEndOfStages();
      } finally {
        optimizer.dispose();
        network.dispose();
      }
    }
    return true;
  }

  /** Stages without a step to make: one that was finished may have been extended. */
  private finishedAt({ stage, step, finishedStages }: RunState): string[] {
    const steps = this.recipe.stages.find(({ name }) => name === stage)?.steps ?? 0;
    return finishedStages.filter((name) => name !== stage || step >= steps);
  }

  /** What rejects after an abort was only stopped. */
  private async unlessAborted<T>(work: Promise<T>): Promise<T | undefined> {
    return work.catch((error) => {
      if (this.options.signal?.aborted) return undefined;
      throw error;
    });
  }

  private openSession(
    stage: StageRecipe,
    position: number,
    {
      network,
      optimizer,
      state,
      parent,
    }: Pick<AtWork, "network" | "optimizer" | "state"> & { parent: string | undefined },
  ): Promise<StageSession> {
    const { recipe, config, dataset, device, options, run } = this;
    return stageOf(stage).open({
      options: stage,
      config,
      dataset,
      rl: options.rl,
      network,
      optimizer,
      device,
      seed: recipe.seed * 1000 + (stage.dataSeed ?? position),
      balancingRate: recipe.balancingRate,
      evaluationBatches: recipe.evaluation.batches,
      runDir: run.path,
      tokenizerDir: tokenizerDirOf(recipe),
      stepsMade: state.step,
      savedState: state.session,
      openFrozen: (checkpoint) => (checkpoint ? this.frozen(checkpoint) : this.networkFor(parent, undefined)),
      note: (text) => options.progress.note(`${stage.name}: ${text}`),
      signal: options.signal,
    });
  }

  /** Runs the rest of a stage; false when stopped by the signal. */
  private async runStage(stage: StageRecipe, { network, optimizer, session, state, began }: AtWork): Promise<boolean> {
    const { recipe, run, options } = this;
    options.progress.start(stage.name, stage.steps, state.step);
    let { step, tokens } = state;
    const save = async (finishedStages: string[]) => {
      const { size } = await stat(run.metricsPath);
      const current = {
        ...state,
        step,
        tokens,
        optimizerStep: optimizer.step,
        metricsBytes: size,
        seconds: (Date.now() - began) / 1000,
        finishedStages,
        session: session.state?.(),
      };
      await run.saveCheckpoint(current, recipe.checkpoint.keep, (dir) => saveTrainerState(dir, network, optimizer));
    };
    const stop = async () => {
      if (step > 0) await save(state.finishedStages);
      options.progress.stop();
      return false;
    };
    const evaluateWhereDue = async () => {
      if (step % recipe.evaluation.every !== 0 && step !== stage.steps) return true;
      return this.unlessAborted(this.recordEvaluation(stage, session, step, tokens).then(() => true));
    };
    // A run stopped in an evaluation was saved without it.
    if (!(await this.hasEvaluation(stage, step)) && !(await evaluateWhereDue())) return stop();
    while (step < stage.steps) {
      const stepBegan = performance.now();
      const learningRate = learningRateAt(stage, step);
      const outcome = await this.unlessAborted(session.step(step, learningRate));
      if (!outcome) return stop();
      const { measured, tokens: stepTokens, headline } = outcome;
      step++;
      tokens += stepTokens;
      const tokensPerSecond = (stepTokens * 1000) / (performance.now() - stepBegan);
      const { name } = stage;
      await run.appendMetric({ kind: "step", stage: name, step, tokens, learningRate, tokensPerSecond, ...measured });
      options.progress.update({ step, headline, tokensPerSecond });
      if (!(await evaluateWhereDue()) || options.signal?.aborted) return stop();
      if (step % recipe.checkpoint.every === 0 && step < stage.steps) await save(state.finishedStages);
    }
    await this.saveFinalModel(stage, network);
    await save([...state.finishedStages, stage.name]);
    options.progress.stop();
    return true;
  }

  private async recordEvaluation(
    { name }: StageRecipe,
    session: StageSession,
    step: number,
    tokens: number,
  ): Promise<void> {
    const evaluation = await session.evaluate(step);
    if (!evaluation) return;
    await this.run.appendMetric({ kind: "evaluation", stage: name, step, tokens, ...evaluation.measured });
    this.options.progress.note(`${name} step ${step} held-out: ${evaluation.note}`);
  }

  private async hasEvaluation({ name }: StageRecipe, step: number): Promise<boolean> {
    const records = await this.run.readMetrics();
    return records.some((record) => record.kind === "evaluation" && record.stage === name && record.step === step);
  }

  private async networkFor(parent: string | undefined, resumeDir: string | undefined): Promise<TrainableNetwork> {
    const { config, device, run, recipe } = this;
    const own = parent ? run.modelPath(parent) : recipe.init;
    const origin = resumeDir ? join(resumeDir, "model") : own;
    const parameters = origin
      ? await loadParameters(origin, config, device, { newLayersSeed: recipe.seed + 1 })
      : initializeParameters(config, device, recipe.seed);
    return new TrainableNetwork(config, device, parameters);
  }

  /** Another checkpoint, of whatever shape. */
  private async frozen(checkpoint: string): Promise<TrainableNetwork> {
    const config = await checkpointConfig(checkpoint);
    return new TrainableNetwork(config, this.device, await loadParameters(checkpoint, config, this.device));
  }

  /** models/STAGE: the f32 weights a later stage starts from, with the tokenizer, ready to load. */
  private async saveFinalModel(stage: StageRecipe, network: TrainableNetwork): Promise<void> {
    await writeDirectoryAtomic(this.run.modelPath(stage.name), (temporary) =>
      saveLoadableModel(temporary, network, tokenizerDirOf(this.recipe)!),
    );
  }

  private async tokensAtEndOfStages(): Promise<Map<string, number>> {
    const tokens = new Map<string, number>();
    for (const record of await this.run.readMetrics()) tokens.set(record.stage, record.tokens);
    return tokens;
  }
}
