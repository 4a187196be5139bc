import * as z from "zod";

export const trainingListSchema = z.object({
  directory: z.string(),
  runs: z.array(
    z.object({
      name: z.string().describe("its path below the directory"),
      recipe: z.string().optional(),
      updatedAt: z.number(),
      metricsBytes: z.number(),
      rollouts: z.boolean().describe("whether it has stages of rollouts"),
    }),
  ),
});
export type TrainingList = z.infer<typeof trainingListSchema>;

export const metricSeriesSchema = z.object({
  stage: z.string(),
  kind: z.enum(["step", "evaluation"]),
  key: z.string().describe("a field of metrics.jsonl; fields of fields with dots"),
  x: z.array(z.number()).describe("steps within the stage"),
  y: z.array(z.number()).describe("the least and the greatest of each stretch, in the order in which they came"),
  last: z.number(),
});
export type MetricSeries = z.infer<typeof metricSeriesSchema>;

export const metricsSchema = z.object({
  /** Send it as `after` to be told of changes only. */
  cursor: z.int(),
  readBytes: z.number(),
  bytes: z.number().describe("of the file; more than readBytes while it is being read"),
  records: z.int(),
  unreadable: z.int().describe("lines that are no whole record"),
  series: z.array(metricSeriesSchema),
  /** Of the newest record that has it: layers by experts, shares of 1. */
  expertLoad: z.object({ stage: z.string(), step: z.number(), load: z.array(z.array(z.number())) }).optional(),
});
export type Metrics = z.infer<typeof metricsSchema>;
