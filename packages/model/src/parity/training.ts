import { basename } from "node:path";
import { Context } from "@cachalot/tensor";
import { openCheckpoint } from "../checkpoint/index.js";
import {
  bindWeights,
  type CausalLM,
  type MlaForm,
  parameterSpecs,
  RopeCache,
  type TrainingBatch,
  trainingForward,
} from "../network/index.js";
import { relativeNormError } from "./compare.js";
import { readTokens } from "./expected.js";
import { PARITY_TOLERANCES, type ParityCheck } from "./parity.js";

async function readBatch(path: string): Promise<TrainingBatch> {
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

/** Losses and every gradient of one training mode, named by the file, against `train_<mode>.safetensors`. */
export async function checkTraining(
  path: string,
  tokensPath: string,
  model: CausalLM,
  form: MlaForm,
): Promise<ParityCheck[]> {
  const file = basename(path);
  const mode = file.slice("train_".length, -".safetensors".length) as "dense" | "warmup" | "sparse";
  const batch = await readBatch(tokensPath);
  const specs = parameterSpecs(model.config);
  for (const { name, indexer, kind } of specs)
    model.parameters.get(name)!.requiresGrad =
      kind !== "router-bias" && (mode === "sparse" || indexer === (mode === "warmup"));
  const golden = await openCheckpoint(path);
  const ctx = new Context(model.device, { recording: true });
  try {
    const { config } = model;
    const weights = bindWeights(config, (name) => model.parameters.get(name)!);
    const forward = trainingForward(ctx, config, weights, new RopeCache(config), batch, {
      attention: mode === "sparse" ? "sparse" : "dense",
      indexerLoss: mode !== "dense",
      form,
    });
    const checks: ParityCheck[] = [];
    const check = (what: string, error: number, tolerance: number) =>
      checks.push({ file, what: `${what} (${form})`, error, tolerance });
    const relative = (actual: number, expected: number) =>
      Math.abs(actual - expected) / Math.max(Math.abs(expected), 1);
    const lmLoss = forward.lmLoss.data[0]!;
    const layerLosses = forward.indexerLosses.map((loss) => loss.data[0]!);
    check("lm loss", relative(lmLoss, (await golden.readF32("lm_loss"))[0]!), PARITY_TOLERANCES.loss);
    if (mode !== "dense") {
      const total = layerLosses.reduce((sum, loss) => sum + loss, 0);
      check("indexer loss", relative(total, (await golden.readF32("indexer_loss"))[0]!), PARITY_TOLERANCES.loss);
    }
    const gradients = ctx.backward(forward.total);
    let worst = 0;
    let worstName = "none";
    for (const name of golden.names().filter((candidate) => candidate.startsWith("grad."))) {
      const error = relativeNormError(
        gradientNamed(model, gradients, name.slice("grad.".length)),
        await golden.readF32(name),
      );
      if (error >= worst) [worst, worstName] = [error, name];
    }
    check(`all gradients, worst ${worstName}`, worst, PARITY_TOLERANCES.gradient);
    return checks;
  } finally {
    ctx.dispose();
    await golden.close();
    for (const { name } of specs) model.parameters.get(name)!.requiresGrad = false;
  }
}

/** The gradient of a checkpoint tensor; an expert's is a slice of its stack's. Empty where none arrived. */
function gradientNamed(model: CausalLM, gradients: ReturnType<Context["backward"]>, name: string): ArrayLike<number> {
  const expert = /\.experts\.(\d+)\./.exec(name);
  const parameter = model.parameters.get(expert ? name.replace(expert[0], ".experts.*.") : name);
  const gradient = parameter && gradients.get(parameter);
  if (!gradient) return [];
  if (!expert) return gradient.data;
  const size = gradient.size / gradient.shape[0]!;
  return gradient.data.subarray(Number(expert[1]) * size, (Number(expert[1]) + 1) * size);
}
