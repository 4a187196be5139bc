import * as z from "zod";

const funnelSchema = z.object({
  path: z.string(),
  pipeline: z.string(),
  seeds: z.int(),
  kept: z.int(),
  stages: z.array(
    z.object({
      name: z.string(),
      entered: z.int(),
      passed: z.int(),
      seconds: z.number(),
      drops: z.record(z.string(), z.int()),
    }),
  ),
});
export type FunnelView = z.infer<typeof funnelSchema>;

export const taskListSchema = z.object({
  tasksets: z.array(
    z.object({
      name: z.string(),
      domain: z.string(),
      description: z.string(),
      licence: z.string(),
      levels: z.int(),
      modes: z.array(z.string()),
      rewards: z.array(z.object({ name: z.string(), weight: z.number() })),
    }),
  ),
  folders: z.array(z.object({ path: z.string(), tasks: z.int() })).describe("of task folders, below tasks/"),
  funnels: z.array(funnelSchema),
});
export type TaskList = z.infer<typeof taskListSchema>;

export const playRequestSchema = z.strictObject({
  taskset: z.string().min(1),
  level: z.int().min(0).default(0),
  mode: z.enum(["thinking", "chat"]).default("chat"),
  split: z.enum(["train", "heldout"]).default("train"),
  seed: z.int().min(0).default(0),
});

export const playSchema = z.object({
  id: z.string(),
  task: z.looseObject({ key: z.string(), level: z.int(), taskset: z.string() }),
  solution: z.array(z.looseObject({ role: z.string() })).describe("a demonstration that earns all"),
});

export const playCallSchema = z.strictObject({ name: z.string(), arguments: z.record(z.string(), z.unknown()) });
export const playAnswerSchema = z.strictObject({ answer: z.string() });
export const playResultSchema = z.object({ content: z.string() });

export const verdictSchema = z.object({
  reward: z.number().nullable(),
  outcome: z.string(),
  error: z.string().optional(),
  parts: z.array(z.object({ name: z.string(), weight: z.number(), score: z.number().nullable() })),
});
export type VerdictView = z.infer<typeof verdictSchema>;
