import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { saveModel } from "@cachalot/model";
import type { TrainableNetwork } from "../trainer/network.js";

/** Files of the prepared data, or of the first checkpoint, that belong beside the weights of a model. */
const TOKENIZER_FILES = ["tokenizer.json", "tokenizer_config.json", "generation_config.json"];

/** Writes f32 weights with their tokenizer into a directory, ready to load. */
export async function saveLoadableModel(dir: string, network: TrainableNetwork, tokenizerDir: string): Promise<void> {
  await saveModel(dir, network.config, network.parameters, { dtype: "f32" });
  for (const file of TOKENIZER_FILES) await copyFile(join(tokenizerDir, file), join(dir, file));
}
