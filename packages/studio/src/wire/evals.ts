import * as z from "zod";

const interval = z.tuple([z.number(), z.number()]);

export const evalSummarySchema = z.object({
  id: z.string(),
  benchmark: z.string(),
  model: z.string(),
  engine: z.string(),
  thinkingMode: z.string(),
  createdAt: z.string(),
  items: z.int(),
  samples: z.int(),
  right: z.int(),
  wrong: z.int(),
  notMeasured: z.record(z.string(), z.int()),
  score: z.number().nullable(),
  refused: z.string().optional(),
  interval,
  bounds: interval,
  tokens: z.number(),
  thinkingTokens: z.number(),
  toolCalls: z.number(),
});
export type EvalSummary = z.infer<typeof evalSummarySchema>;

export const evalListSchema = z.object({
  runs: z.array(evalSummarySchema),
  unreadable: z.array(z.object({ id: z.string(), reason: z.string() })),
});
export type EvalList = z.infer<typeof evalListSchema>;

export const evalSampleSchema = z.object({
  n: z.int(),
  item: z.string(),
  sample: z.int(),
  verdict: z.enum(["right", "wrong", "not measured"]),
  reason: z.string().optional(),
  because: z.string(),
  answer: z.string().optional(),
  gold: z.string(),
  tokens: z.number(),
  thinkingTokens: z.number(),
  toolCalls: z.number(),
  seconds: z.number(),
});
export type EvalSample = z.infer<typeof evalSampleSchema>;

export const evalRunSchema = z.object({
  summary: evalSummarySchema,
  samples: z.array(evalSampleSchema),
  total: z.int().describe("samples of the verdict asked for"),
});
export type EvalRun = z.infer<typeof evalRunSchema>;

export const evalSampleDetailSchema = evalSampleSchema.extend({
  finishReason: z.string().optional(),
  messages: z.array(z.looseObject({ role: z.string() })),
});

export const comparisonSchema = z.object({
  problems: z.int(),
  apart: z.int(),
  scores: interval,
  difference: z.number(),
  interval,
  flipped: z.array(z.object({ item: z.string(), from: z.enum(["right", "wrong"]) })),
});
export type EvalComparison = z.infer<typeof comparisonSchema>;
