/** What a generation that the server holds sends. */

import * as z from "zod";

const usageSchema = z.object({
  promptTokens: z.int(),
  completionTokens: z.int(),
  reasoningTokens: z.int(),
  cachedTokens: z.int(),
});

export const generationEventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("reasoning"), delta: z.string() }),
  z.object({ type: z.literal("content"), delta: z.string() }),
  z.object({ type: z.literal("tool-call"), index: z.int(), id: z.string(), name: z.string() }),
  z.object({ type: z.literal("tool-call-arguments"), index: z.int(), delta: z.string() }),
  z.object({ type: z.literal("usage"), usage: usageSchema }),
  z.object({
    type: z.literal("finish"),
    reason: z.string(),
    seconds: z.number(),
    reasoningSeconds: z.number(),
  }),
  z.object({ type: z.literal("error"), message: z.string(), code: z.string() }),
]);

export type GenerationEvent = z.infer<typeof generationEventSchema>;
