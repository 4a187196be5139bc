import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Device } from "@cachalot/tensor";
import { readConfig, withoutMtp } from "../config/index.js";
import { ModelError } from "../errors.js";
import { CausalLM, loadParameters, type MlaForm } from "../network/index.js";
import { checkExpected } from "./expected.js";
import { checkTraining } from "./training.js";

/** One comparison with a golden file. */
export interface ParityCheck {
  /** File compared with. */
  file: string;
  /** What was compared, for example "prefill logits". */
  what: string;
  error: number;
  tolerance: number;
}

/** Tolerances for float32: largest difference of logits and scores, relative error of gradients and losses. */
export const PARITY_TOLERANCES = { logits: 2e-4, scores: 2e-4, gradient: 1e-3, loss: 1e-4 } as const;

export interface ParityOptions {
  device: Device;
  /** Check this form of MLA only; default both. */
  forms?: readonly MlaForm[];
}

/**
 * Compares a checkpoint with the exact numbers beside it: `expected.safetensors` (prefill and decode logits, index
 * scores, selected indices) and every `train_{dense,warmup,sparse}.safetensors` (losses and gradients).
 * @throws ModelError when the directory holds no checkpoint or nothing to compare with.
 */
export async function runParity(dir: string, options: ParityOptions): Promise<ParityCheck[]> {
  const files = existsSync(dir) ? await readdir(dir) : [];
  const training = files.filter((file) => /^train_(dense|warmup|sparse)\.safetensors$/.test(file)).sort();
  if (!files.includes("expected.safetensors") && training.length === 0)
    throw new ModelError(
      "missing_file",
      `${dir} holds neither expected.safetensors nor train_*.safetensors; pass a directory laid out like golden/model/plain`,
    );
  const forms = options.forms ?? ["mha", "mqa"];
  const config = withoutMtp(await readConfig(dir));
  const model = new CausalLM(config, options.device, await loadParameters(dir, config, options.device));
  try {
    const checks: ParityCheck[] = [];
    if (files.includes("expected.safetensors"))
      for (const form of forms) checks.push(...(await checkExpected(join(dir, "expected.safetensors"), model, form)));
    for (const file of training)
      for (const form of forms)
        checks.push(...(await checkTraining(join(dir, file), join(dir, "expected.safetensors"), model, form)));
    return checks;
  } finally {
    model.dispose();
  }
}
