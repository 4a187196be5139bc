import * as z from "zod";
import { languageModelObjective } from "../objectives/language-model.js";
import { sparseIndexerKl } from "../objectives/sparse-indexer-kl.js";
import { defineDataStage, languageModelFields, mtpWeightOf } from "./data-stage.js";
import { evaluateObjective } from "./evaluate.js";
import { needsIndexer } from "./stage.js";

/** Recipe fields of fine-tuning: those of next tokens, and whether the lightning indexer learns as well. */
export const fineTuningFields = {
  ...languageModelFields,
  /** Train the lightning indexer too, by its own loss over the selected tokens. Default: it is frozen. */
  trainIndexer: z.boolean().default(false),
};

/**
 * Supervised fine-tuning: the next-token loss on what the data has to learn, such as an assistant's tokens, over the tokens that the
 * indexer selects. Experts are not balanced: their load is what the base made it.
 */
export const sft = defineDataStage({
  kind: "sft",
  schema: z.strictObject({ ...fineTuningFields, kind: z.literal("sft") }),
  attention: "sparse",
  trainsLanguageModel: true,
  balancesExperts: false,
  headline: "lmLoss",
  unfit: needsIndexer("sft"),
  trains: ({ indexer }, { trainIndexer }) => !indexer || trainIndexer,
  objective: (ctx, network, batch, options, pass) =>
    languageModelObjective(ctx, network, batch, {
      ...pass,
      attention: "sparse",
      mtpWeight: mtpWeightOf(options),
      indexerLoss: options.trainIndexer ? (inner, layer) => sparseIndexerKl(inner, network.config, layer) : undefined,
    }),
  evaluate: (request) => evaluateObjective(request),
});
