import * as z from "zod";

export const serverFactsSchema = z.object({
  model: z.object({ id: z.string(), contextLength: z.int().describe("in tokens") }),
  defaultThinkingMode: z.enum(["thinking", "chat"]),
});

export type ServerFacts = z.infer<typeof serverFactsSchema>;
