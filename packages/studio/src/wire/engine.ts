import * as z from "zod";

const describedSchema = z.object({
  at: z.number().describe("the worker's clock, in milliseconds"),
  maxSequences: z.int(),
  sequences: z.array(
    z.object({
      id: z.int(),
      status: z.enum(["waiting", "running"]),
      promptTokens: z.int(),
      generatedTokens: z.int(),
      heldTokens: z.int(),
      cachedTokens: z.int(),
      blocks: z.int(),
      sharedBlocks: z.int(),
      wasPreempted: z.boolean(),
    }),
  ),
  totals: z.object({
    steps: z.int(),
    generated: z.int(),
    read: z.int(),
    drafted: z.int(),
    accepted: z.int(),
    preempted: z.int(),
  }),
  blocks: z.object({
    size: z.int().describe("tokens in a block"),
    free: z.int(),
    used: z.int(),
    bytes: z.int(),
    limitBytes: z.int(),
  }),
  prefixBlocks: z.int(),
  prefixes: z.array(
    z.object({
      parent: z.int().optional(),
      blocks: z.int(),
      users: z.int().describe("sequences, and the tree"),
      idleMs: z.number(),
      text: z.string().describe("of its first block"),
    }),
  ),
});

export const engineStateSchema = z.object({
  type: z.literal("state"),
  available: z.boolean().describe("false without an engine of our own, or while it starts again"),
  own: z.boolean().describe("whether the model runs here, and not at an upstream host"),
  restarts: z.int(),
  engine: describedSchema.optional(),
});

export type EngineState = z.infer<typeof engineStateSchema>;
