import { copyFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { writeDirectoryAtomic } from "@cachalot/files";
import { initializeParameters, loadParameters, type ModelConfig, parseConfig, saveModel } from "@cachalot/model";
import { type Device, defaultDevice } from "@cachalot/tensor";
import { type Dataset, openDataset } from "../data/index.js";
import { AdamW } from "../optimizer/adamw.js";
import { learningRateAt } from "../optimizer/schedule.js";
import type { Recipe } from "../recipe/recipe.js";
import { type StageRecipe, stageOf } from "../stages/index.js";
import { TrainableNetwork } from "../trainer/network.js";
import { trainStep } from "../trainer/step.js";
import type { Progress } from "./progress.js";
import { requireTrainable } from "./require-trainable.js";
import { type MetricRecord, RunDirectory, type RunState } from "./run-directory.js";
import { damageOfTrainerState, loadOptimizerState, saveTrainerState } from "./trainer-state.js";

/** Files of the prepared data that belong beside the weights of a finished model. */
const TOKENIZER_FILES = ["tokenizer.json", "tokenizer_config.json", "generation_config.json"];

export interface TrainOptions {
  /** Default: runs/NAME of the recipe. An existing run is resumed. */
  runDir?: string;
  device?: Device;
  progress: Progress;
  /** Stop cleanly (with a checkpoint) when aborted. */
  signal?: AbortSignal;
}

/**
 * Trains a recipe from where its run stands to the end; returns the run's directory and whether it is complete.
 * @throws TrainingError `invalid_recipe` or `invalid_data` before anything is written; ModelError for a bad model.
 */
export async function train(recipe: Recipe, options: TrainOptions): Promise<{ runDir: string; complete: boolean }> {
  const runDir = options.runDir ?? join(recipe.runs, recipe.name);
  const config = parseConfig(recipe.model, "the recipe's model");
  const dataset = await openDataset(recipe.data.dir);
  requireTrainable(recipe, config, dataset);
  const run = await RunDirectory.open(runDir, recipe);
  const training = new Training(recipe, config, run, dataset, options);
  return { runDir, complete: await training.toTheEnd() };
}

class Training {
  private readonly device: Device;

  constructor(
    private readonly recipe: Recipe,
    private readonly config: ModelConfig,
    private readonly run: RunDirectory,
    private readonly dataset: Dataset,
    private readonly options: TrainOptions,
  ) {
    this.device = options.device ?? defaultDevice();
  }

  async toTheEnd(): Promise<boolean> {
    const { recipe, run, options } = this;
    const latest = await run.latestCheckpoint(damageOfTrainerState, (text) => options.progress.note(text));
    const finished = new Set(latest?.state.finishedStages ?? []);
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
          state = resume.state;
          await loadOptimizerState(resume.dir, optimizer);
          optimizer.step = state.optimizerStep;
        }
        const began = Date.now() - state.seconds * 1000;
        if (!(await this.runStage(stage, position, network, optimizer, state, began))) return false;
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

  /** Runs the rest of a stage; false when stopped by the signal. */
  private async runStage(
    stage: StageRecipe,
    position: number,
    network: TrainableNetwork,
    optimizer: AdamW,
    state: RunState,
    began: number,
  ): Promise<boolean> {
    const { recipe, run, dataset, options } = this;
    const seed = recipe.seed * 1000 + (stage.dataSeed ?? position);
    options.progress.start(stage.name, stage.steps, state.step);
    let { step, tokens } = state;
    const save = async (finishedStages: string[]) => {
      const { size } = await stat(run.metricsPath);
      const seconds = (Date.now() - began) / 1000;
      const current = {
        ...state,
        step,
        tokens,
        optimizerStep: optimizer.step,
        metricsBytes: size,
        seconds,
        finishedStages,
      };
      await run.saveCheckpoint(current, recipe.checkpoint.keep, (dir) => saveTrainerState(dir, network, optimizer));
    };
    if (step === 0) await this.recordEvaluation(stage, network, step, tokens);
    while (step < stage.steps) {
      const stepBegan = performance.now();
      const batch = dataset.batch({ parts: stage.parts, batch: stage.batch, seq: stage.seq, seed, step });
      const learningRate = learningRateAt(stage, step);
      const rates = { learningRate, balancingRate: recipe.balancingRate };
      const { losses, ...result } = trainStep(network, optimizer, stage, batch, rates);
      step++;
      tokens += stage.batch * stage.seq;
      const tokensPerSecond = (stage.batch * stage.seq * 1000) / (performance.now() - stepBegan);
      await run.appendMetric({
        kind: "step",
        stage: stage.name,
        step,
        tokens,
        learningRate,
        tokensPerSecond,
        ...losses,
        ...result,
      });
      options.progress.update({ step, loss: losses[stageOf(stage).headline] ?? losses.lmLoss, tokensPerSecond });
      if (step % recipe.evaluation.every === 0 || step === stage.steps)
        await this.recordEvaluation(stage, network, step, tokens);
      if (options.signal?.aborted) {
        await save(state.finishedStages);
        options.progress.stop();
        return false;
      }
      if (step % recipe.checkpoint.every === 0 && step < stage.steps) await save(state.finishedStages);
    }
    await this.saveFinalModel(stage, network);
    await save([...state.finishedStages, stage.name]);
    options.progress.stop();
    return true;
  }

  private async recordEvaluation(
    stage: StageRecipe,
    network: TrainableNetwork,
    step: number,
    tokens: number,
  ): Promise<void> {
    const { recipe, dataset, run, options } = this;
    const lossByPart: Record<string, number> = {};
    let record: MetricRecord | undefined;
    const kind = stageOf(stage);
    for (const part of Object.keys(stage.parts)) {
      const batches = dataset.heldout(part, stage.batch, stage.seq).slice(0, recipe.evaluation.batches);
      const { losses, ...result } = kind.evaluate({
        network,
        batches,
        objective: (ctx, batch, pass) => kind.objective(ctx, network, batch, stage, pass),
        detailed: !record,
      });
      lossByPart[part] = losses.lmLoss;
      record ??= { kind: "evaluation", stage: stage.name, step, tokens, ...losses, ...result };
    }
    if (!record) return;
    const weights = Object.entries(stage.parts);
    const total = weights.reduce((sum, [, share]) => sum + share, 0);
    record.lmLoss = weights.reduce((sum, [part, share]) => sum + (lossByPart[part]! * share) / total, 0);
    await run.appendMetric({ ...record, lossByPart });
    const losses = Object.entries(lossByPart).map(([part, loss]) => `${part} ${loss.toFixed(4)}`);
    const kl = record.indexerLoss === undefined ? "" : ` · indexer KL ${record.indexerLoss.toFixed(4)}`;
    const mtp = record.mtpLoss === undefined ? "" : ` · token after the next ${record.mtpLoss.toFixed(4)}`;
    const recall = record.recall ? ` · recall ${record.recall.map((value) => value.toFixed(3)).join(" ")}` : "";
    options.progress.note(`${stage.name} step ${step} held-out: ${losses.join(", ")}${mtp}${kl}${recall}`);
  }

  private async networkFor(parent: string | undefined, resumeDir: string | undefined): Promise<TrainableNetwork> {
    const { config, device, run, recipe } = this;
    const origin = resumeDir ? join(resumeDir, "model") : parent ? run.modelPath(parent) : recipe.init;
    const parameters = origin
      ? await loadParameters(origin, config, device, { newLayersSeed: recipe.seed + 1 })
      : initializeParameters(config, device, recipe.seed);
    return new TrainableNetwork(config, device, parameters);
  }

  /** models/STAGE: the f32 weights a later stage starts from, with the tokenizer, ready to load. */
  private async saveFinalModel(stage: StageRecipe, network: TrainableNetwork): Promise<void> {
    await writeDirectoryAtomic(this.run.modelPath(stage.name), async (temporary) => {
      await saveModel(temporary, network.config, network.parameters, { dtype: "f32" });
      for (const file of TOKENIZER_FILES) await copyFile(join(this.recipe.data.dir, file), join(temporary, file));
    });
  }

  private async tokensAtEndOfStages(): Promise<Map<string, number>> {
    const tokens = new Map<string, number>();
    for (const record of await this.run.readMetrics()) tokens.set(record.stage, record.tokens);
    return tokens;
  }
}
