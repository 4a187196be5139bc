import { outputHead, packedForward } from "@cachalot/model";
import * as z from "zod";
import { evaluateObjective } from "../../stages/evaluate.js";
import { defineStage, stageFields } from "../../stages/stage.js";
import { documentMeanCrossEntropy } from "./document-mean.js";

/** Dense training in which every document counts the same; experts stay as they are, where the recipe says so. */
export const evenDocuments = defineStage({
  kind: "even-documents",
  schema: z.strictObject({
    ...stageFields,
    kind: z.literal("even-documents"),
    /** Leave the routed experts alone. */
    freezeExperts: z.boolean().default(false),
  }),
  attention: "dense",
  trainsLanguageModel: true,
  balancesExperts: true,
  headline: "lmLoss",
  trains: ({ name, indexer, mtp }, { freezeExperts }) =>
    !indexer && !mtp && !(freezeExperts && name.includes(".experts.")),
  objective(ctx, network, batch, _options, pass) {
    const forward = packedForward(ctx, network, batch, { ...pass, attention: "dense" });
    const loss = documentMeanCrossEntropy(ctx, outputHead(ctx, network, forward.hidden), batch);
    return { total: loss, losses: { lmLoss: [loss] }, forward };
  },
  evaluate: (request) => evaluateObjective(request),
});
