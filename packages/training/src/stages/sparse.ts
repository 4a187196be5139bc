import * as z from "zod";
import { languageModelObjective } from "../objectives/language-model.js";
import { sparseIndexerKl } from "../objectives/sparse-indexer-kl.js";
import { defineDataStage, languageModelFields, mtpWeightOf } from "./data-stage.js";
import { evaluateObjective } from "./evaluate.js";
import { needsIndexer } from "./stage.js";

/**
 * Sparse training (report section 2.1): everything trains on the tokens the indexer selects; the indexer learns from its own loss,
 * over the same tokens.
 */
export const sparse = defineDataStage({
  kind: "sparse",
  schema: z.strictObject({ ...languageModelFields, kind: z.literal("sparse") }),
  attention: "sparse",
  trainsLanguageModel: true,
  balancesExperts: true,
  headline: "lmLoss",
  unfit: needsIndexer("sparse"),
  trains: () => true,
  objective: (ctx, network, batch, options, pass) =>
    languageModelObjective(ctx, network, batch, {
      ...pass,
      attention: "sparse",
      mtpWeight: mtpWeightOf(options),
      indexerLoss: (inner, layer) => sparseIndexerKl(inner, network.config, layer),
    }),
  evaluate({ network, batches, objective, detailed }) {
    const evaluation = evaluateObjective({ network, batches, objective });
    if (!detailed) return evaluation;
    // Recall is measured against dense attention, which this stage does not compute.
    const dense: typeof objective = (ctx, batch, pass) =>
      languageModelObjective(ctx, network, batch, { ...pass, attention: "dense", mtpWeight: 0 });
    const { recall } = evaluateObjective({ network, batches, objective: dense }, { recall: true });
    return { ...evaluation, ...(recall ? { recall } : {}) };
  },
});
