import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Device } from "@cachalot/tensor";
import { readConfig, withoutMtp } from "../config/index.js";
import { ModelError } from "../errors.js";
import { CausalLM, loadParameters, type MlaForm } from "../network/index.js";
import { BOTH_FORMS, type ParityCheck } from "./check.js";
import { checkExpected } from "./expected.js";

export interface ParityOptions {
  device: Device;
  /** Check this form of MLA only; default both. */
  forms?: readonly MlaForm[];
}

/**
 * Compares a checkpoint's forward pass with the exact numbers of `expected.safetensors` beside it: prefill and decode logits,
 * index scores, selected indices. (Losses and gradients: `checkTraining` of the training package.)
 * @throws ModelError when the directory holds no checkpoint or nothing to compare with.
 */
export async function checkForward(dir: string, options: ParityOptions): Promise<ParityCheck[]> {
  const path = join(dir, "expected.safetensors");
  if (!existsSync(path))
    throw new ModelError(
      "missing_file",
      `${dir} holds no expected.safetensors; pass a directory laid out like test/golden/model/plain`,
    );
  const config = withoutMtp(await readConfig(dir));
  const model = new CausalLM(config, options.device, await loadParameters(dir, config, options.device));
  try {
    const checks: ParityCheck[] = [];
    for (const form of options.forms ?? BOTH_FORMS) checks.push(...(await checkExpected(path, model, form)));
    return checks;
  } finally {
    model.dispose();
  }
}
