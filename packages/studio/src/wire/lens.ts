import * as z from "zod";

export const lensRequestSchema = z.strictObject({
  prompt: z.string().min(1).optional().describe("text that the model goes on with"),
  conversation: z
    .record(z.string(), z.unknown())
    .optional()
    .describe("in place of a prompt: a body of /v1/chat/completions, of which messages, tools and thinking are used"),
  maxTokens: z.int().min(1).max(2000).default(64),
  temperature: z.number().min(0).max(10).default(0),
  seed: z.int().min(0).default(0),
  recall: z.boolean().default(false).describe("measure with every token how much attention mass each layer selected"),
});

export const lensIdSchema = z.object({ id: z.string() });

/** Why there is no lens, or what it can do. */
export const lensListSchema = z.object({
  available: z.boolean(),
  lenses: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      promptTokens: z.int(),
      generatedTokens: z.int(),
      running: z.boolean(),
    }),
  ),
});

const tokenSchema = z.object({ id: z.int(), text: z.string().describe("empty where a character is not whole yet") });

export const lensEventSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("prompt"),
    tokens: z.array(tokenSchema),
    layers: z.int(),
    topk: z.int().optional().describe("tokens that a layer's indexer selects; none without an indexer"),
    experts: z.int(),
  }),
  z.object({
    type: z.literal("token"),
    index: z.int().describe("among the generated ones"),
    ...tokenSchema.shape,
    logprob: z.number(),
    top: z.array(z.object({ text: z.string(), logprob: z.number() })),
    heat: z.string().describe("base64: for every position before the token, how many layers selected it"),
    dense: z.boolean().describe("every layer reads all tokens: there are no more than topk"),
    experts: z.array(z.array(z.int())).describe("by MoE layer, best first"),
    kept: z.array(z.number()).describe("by layer: share of the selection that the token before had selected, too"),
    recall: z.array(z.number()).optional().describe("by layer: attention mass on the selection"),
  }),
  z.object({ type: z.literal("done"), reason: z.string(), seconds: z.number(), cachedTokens: z.int() }),
  z.object({ type: z.literal("error"), message: z.string() }),
]);

export const lensDetailSchema = z.object({
  layer: z.int(),
  position: z.int().describe("of the row that chose: the token before"),
  selected: z.array(z.int()).describe("positions; empty: all"),
  scores: z.array(z.number()).describe("index score of every position; empty without an indexer"),
  mass: z.array(z.number()).describe("attention mass of every position, averaged over heads"),
  recall: z.array(z.number()).describe("by layer"),
});

export type LensRequest = z.infer<typeof lensRequestSchema>;
export type LensList = z.infer<typeof lensListSchema>;
export type LensEvent = z.infer<typeof lensEventSchema>;
export type LensDetail = z.infer<typeof lensDetailSchema>;
