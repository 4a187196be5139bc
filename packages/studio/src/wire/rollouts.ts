import * as z from "zod";

export const rolloutFilesSchema = z.object({
  files: z.array(z.object({ name: z.string().describe("STAGE/STEP"), bytes: z.number() })),
});
export type RolloutFiles = z.infer<typeof rolloutFilesSchema>;

const rolloutSchema = z.object({
  id: z.string(),
  sample: z.int(),
  reward: z.number().nullable(),
  rewards: z.record(z.string(), z.number().nullable()),
  advantage: z.number().nullable(),
  outcome: z.string(),
  error: z.string().optional(),
  turns: z.int(),
  toolCalls: z.int(),
  tokens: z.int().describe("sampled ones"),
});

export const rolloutGroupsSchema = z.object({
  file: z.string(),
  step: z.int(),
  groups: z.array(
    z.object({
      group: z.string(),
      task: z.object({ taskset: z.string(), key: z.string(), level: z.int(), mode: z.string(), split: z.string() }),
      rollouts: z.array(rolloutSchema),
    }),
  ),
});
export type RolloutGroups = z.infer<typeof rolloutGroupsSchema>;
export type RolloutGroup = RolloutGroups["groups"][number];

export const rolloutTokensSchema = z.object({
  group: z.string(),
  /** Whether texts are decoded; else they are token ids. */
  decoded: z.boolean(),
  rollouts: z.array(
    z.object({
      id: z.string(),
      sequences: z.array(
        z.object({
          texts: z.array(z.string()),
          sampled: z.array(z.int()),
          logprobs: z.array(z.number().nullable()).describe("under the distribution drawn from"),
          rawLogprobs: z.array(z.number().nullable()).describe("under the model, temperature 1"),
          kept: z
            .array(z.int())
            .optional()
            .describe("tokens of the sampling mask of each token; 0: all, or not sampled"),
          ratios: z
            .array(z.number().nullable())
            .optional()
            .describe("new policy by old at the update, of the newest step"),
          dropped: z.array(z.int()).optional().describe("1: left out of the update"),
          routed: z.boolean().describe("whether experts were kept"),
          selected: z.boolean().describe("whether the indexer's selection was kept"),
          omitted: z.int().describe("tokens behind those shown"),
        }),
      ),
    }),
  ),
});
export type RolloutTokens = z.infer<typeof rolloutTokensSchema>;
