import * as z from "zod";
import { languageModelObjective } from "../objectives/language-model.js";
import { evaluateObjective } from "./evaluate.js";
import { defineStage, languageModelFields, mtpWeightOf } from "./stage.js";

/** Dense pre-training: everything but the indexer trains, on all visible tokens. */
export const dense = defineStage({
  kind: "dense",
  schema: z.strictObject({ ...languageModelFields, kind: z.literal("dense") }),
  attention: "dense",
  trainsLanguageModel: true,
  balancesExperts: true,
  headline: "lmLoss",
  trains: ({ indexer }) => !indexer,
  objective: (ctx, network, batch, options, pass) =>
    languageModelObjective(ctx, network, batch, {
      ...pass,
      attention: "dense",
      mtpWeight: mtpWeightOf(options),
    }),
  evaluate: (request) => evaluateObjective(request),
});
