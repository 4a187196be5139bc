import * as z from "zod";

/** What the page shows of one model call. */
export const runStepSchema = z.object({
  n: z.int().describe("of its first record in the trace"),
  step: z.number().describe("from 0; a cut of the context stands half a step behind"),
  purpose: z.enum(["step", "summary"]),
  promptTokens: z.number(),
  reusedTokens: z.number().describe("of the prompt, those that a prefix cache can hold"),
  cachedTokens: z.number().optional().describe("of the prompt, those that the model's cache had"),
  completionTokens: z.number().optional(),
  reasoningTokens: z.number().optional(),
  durationMs: z.number().optional(),
  calls: z.array(z.string()),
  cut: z.object({ strategy: z.string(), before: z.number(), after: z.number(), removedCalls: z.number() }).optional(),
});
export type RunStep = z.infer<typeof runStepSchema>;

export const runSummarySchema = z.object({
  id: z.string(),
  createdAt: z.number(),
  model: z.string(),
  task: z.string(),
  state: z.string().describe("why it ended; failed; unfinished; working where this server is at it"),
  steps: z.number(),
  promptTokens: z.number(),
  completionTokens: z.number(),
  durationMs: z.number(),
  error: z.string().optional(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

export const runListSchema = z.object({
  runs: z.array(runSummarySchema),
  unreadable: z.array(z.object({ id: z.string(), reason: z.string() })),
  tools: z.array(z.string()).describe("that a run can be started with"),
});
export type RunList = z.infer<typeof runListSchema>;

/** A record of the trace, long texts cut. */
export const shownRecordSchema = z.object({
  n: z.int(),
  record: z.looseObject({ type: z.string() }),
  omitted: z.int().describe("characters of long texts that were left out"),
});

export const runPageSchema = z.object({
  run: runSummarySchema,
  records: z.array(shownRecordSchema),
  total: z.int(),
});

export const runStepsSchema = z.object({ run: runSummarySchema, steps: z.array(runStepSchema) });
export type RunSteps = z.infer<typeof runStepsSchema>;

export const startRunSchema = z.strictObject({
  task: z.string().min(1),
  system: z.string().optional(),
  tools: z.array(z.string()).default([]),
  ask: z.boolean().default(false).describe("approve each call"),
  steps: z.int().min(1).max(1000).default(20),
  maxTokens: z.int().min(1).optional().describe("of an answer"),
});

export const approvalSchema = z.strictObject({
  ticket: z.int(),
  approved: z.boolean(),
  reason: z.string().default("the user said no"),
});

export const ledgerSchema = z.object({
  sequences: z.array(
    z.object({
      tokens: z.int(),
      trained: z.int().describe("tokens that the model wrote"),
      fork: z.object({ sequence: z.int(), at: z.int() }).optional(),
      shown: z.int().describe("tokens in the pieces"),
      pieces: z.array(z.object({ text: z.string(), tokens: z.int(), mask: z.int() })),
    }),
  ),
});
export type Ledger = z.infer<typeof ledgerSchema>;
