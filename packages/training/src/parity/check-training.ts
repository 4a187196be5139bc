import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import {
  BOTH_FORMS,
  loadParameters,
  type MlaForm,
  openCheckpoint,
  PARITY_TOLERANCES,
  type PackedBatch,
  type ParityCheck,
  type ParityOptions,
  readConfig,
  readTokens,
  relativeNormError,
  withoutMtp,
} from "@cachalot/model";
import { Context, type Tensor } from "@cachalot/tensor";
import { lossValues } from "../objectives/objective.js";
import { type DataStageRecipe, dataStageOf, stageSchema, stages } from "../stages/index.js";
import { TrainableNetwork } from "../trainer/network.js";

/**
 * Compares losses and every gradient of one batch with `train_<stage>.safetensors` beside a checkpoint, for each stage that has
 * such a file; tokens come from `expected.safetensors`. No file: nothing is compared.
 * @throws ModelError for a bad checkpoint.
 */
export async function checkTraining(
  dir: string,
  { device, forms = BOTH_FORMS }: ParityOptions,
): Promise<ParityCheck[]> {
  const files = existsSync(dir) ? await readdir(dir) : [];
  const found = stages
    .filter((stage) => "objective" in stage)
    .map(({ kind }) => ({ kind, file: `train_${kind}.safetensors` }))
    .filter(({ file }) => files.includes(file));
  if (found.length === 0) return [];
  const config = withoutMtp(await readConfig(dir));
  const batch = await readBatch(join(dir, "expected.safetensors"));
  const network = new TrainableNetwork(config, device, await loadParameters(dir, config, device));
  try {
    const checks: ParityCheck[] = [];
    for (const { kind, file } of found)
      for (const form of forms) checks.push(...(await checkStage(join(dir, file), { network, kind, batch, form })));
    return checks;
  } finally {
    network.dispose();
  }
}

async function checkStage(
  path: string,
  { network, kind, batch, form }: { network: TrainableNetwork; kind: string; batch: PackedBatch; form: MlaForm },
): Promise<ParityCheck[]> {
  const file = basename(path);
  const { seq } = batch;
  const fields = { name: kind, kind, steps: 1, batch: batch.batch, seq, learningRate: 1, parts: {} };
  const recipe = stageSchema.parse(fields) as DataStageRecipe;
  const stage = dataStageOf(recipe)!;
  network.unfreeze((parameter) => stage.trains(parameter, recipe));
  const golden = await openCheckpoint(path);
  const ctx = new Context(network.device, { recording: true });
  try {
    const objective = stage.objective(ctx, network, batch, recipe, { form });
    const checks: ParityCheck[] = [];
    const check = (what: string, error: number, tolerance: number) =>
      checks.push({ file, what: `${what} (${form})`, error, tolerance });
    const { lmLoss, indexerLoss } = lossValues(objective);
    const relative = async (actual: number, name: string) => {
      const expected = (await golden.readF32(name))[0]!;
      return Math.abs(actual - expected) / Math.max(Math.abs(expected), 1);
    };
    check("lm loss", await relative(lmLoss, "lm_loss"), PARITY_TOLERANCES.loss);
    if (indexerLoss !== undefined)
      check("indexer loss", await relative(indexerLoss, "indexer_loss"), PARITY_TOLERANCES.loss);
    const gradients = ctx.backward(objective.total);
    let worst = 0;
    let worstName = "none";
    for (const name of golden.names().filter((candidate) => candidate.startsWith("grad."))) {
      const actual = gradientNamed(network, gradients, name.slice("grad.".length));
      const error = relativeNormError(actual, await golden.readF32(name));
      if (error >= worst) [worst, worstName] = [error, name];
    }
    check(`all gradients, worst ${worstName}`, worst, PARITY_TOLERANCES.gradient);
    return checks;
  } finally {
    ctx.dispose();
    await golden.close();
  }
}

async function readBatch(path: string): Promise<PackedBatch> {
  const golden = await openCheckpoint(path);
  try {
    const { rows, length } = await readTokens(golden);
    const seq = length - 1;
    const inputs = new Int32Array(rows.length * seq);
    const targets = new Int32Array(rows.length * seq);
    rows.forEach((tokens, b) => {
      inputs.set(tokens.subarray(0, seq), b * seq);
      targets.set(tokens.subarray(1), b * seq);
    });
    return { batch: rows.length, seq, inputs, targets };
  } finally {
    await golden.close();
  }
}

/** The gradient of a checkpoint tensor; an expert's is a slice of its stack's. Empty where none arrived. */
function gradientNamed(
  { parameters }: TrainableNetwork,
  gradients: ReadonlyMap<Tensor, Tensor>,
  name: string,
): ArrayLike<number> {
  const expert = /\.experts\.(\d+)\./.exec(name);
  const parameter = parameters.get(expert ? name.replace(expert[0], ".experts.*.") : name);
  const gradient = parameter && gradients.get(parameter);
  if (!gradient) return [];
  if (!expert) return gradient.data;
  const size = gradient.size / gradient.shape[0]!;
  return gradient.data.subarray(Number(expert[1]) * size, (Number(expert[1]) + 1) * size);
}
