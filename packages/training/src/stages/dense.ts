import * as z from "zod";
import { languageModelObjective } from "../objectives/language-model.js";
import { defineDataStage, languageModelFields, mtpWeightOf } from "./data-stage.js";
import { evaluateObjective } from "./evaluate.js";

/** Dense pre-training: everything but the indexer trains, on all visible tokens. */
export const dense = defineDataStage({
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
