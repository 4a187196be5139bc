/** The dense checkpoint that continued pre-training starts from: a model whose indexer is taken away, so that warm-up has a fresh one. */

import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { writeDirectoryAtomic } from "@cachalot/files";
import { checkpointConfig, loadParameters, saveModel } from "@cachalot/model";
import { defaultDevice } from "@cachalot/tensor";
import { defineStep } from "../step.js";

const TOKENIZER_FILES = ["tokenizer.json", "tokenizer_config.json", "generation_config.json"];

export const start = defineStep({
  name: "start",
  title: "a dense checkpoint without an indexer",
  needs: [],
  recipes: ({ withoutIndexer }) => (withoutIndexer === undefined ? undefined : []),
  settings: (scale) => scale.withoutIndexer,
  async run({ scale, dir }) {
    const from = scale.withoutIndexer!;
    const { indexer, ...config } = await checkpointConfig(from);
    const parameters = await loadParameters(from, config, defaultDevice());
    const out = join("runs", "start", "models", "dense");
    await writeDirectoryAtomic(join(dir, out), async (temporary) => {
      await saveModel(temporary, config, parameters, { dtype: "f32" });
      for (const name of TOKENIZER_FILES) await copyFile(join(from, name), join(temporary, name));
    });
    for (const tensor of parameters.values()) tensor.dispose();
    return { from, model: out, indexerTaken: indexer !== undefined };
  },
});
