import * as z from "zod";
import { denseIndexerKl } from "../objectives/dense-indexer-kl.js";
import { languageModelObjective } from "../objectives/language-model.js";
import { defineDataStage, languageModelFields, mtpWeightOf } from "./data-stage.js";
import { evaluateObjective } from "./evaluate.js";
import { needsIndexer } from "./stage.js";

/** Dense warm-up of the indexer (report section 2.1): the indexer alone trains, against dense attention. */
export const warmup = defineDataStage({
  kind: "warmup",
  schema: z.strictObject({ ...languageModelFields, kind: z.literal("warmup") }),
  attention: "dense",
  trainsLanguageModel: false,
  balancesExperts: false,
  headline: "indexerLoss",
  unfit: needsIndexer("warmup"),
  trains: ({ indexer }) => indexer,
  objective: (ctx, network, batch, options, pass) =>
    languageModelObjective(ctx, network, batch, {
      ...pass,
      attention: "dense",
      mtpWeight: mtpWeightOf(options),
      indexerLoss: (inner, layer) => denseIndexerKl(inner, network.config, layer),
    }),
  evaluate: (request) => evaluateObjective(request, { recall: request.detailed }),
});
