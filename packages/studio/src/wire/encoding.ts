/** What a chat request is to the model: its prompt token by token, what of its reasoning stays, what is wrong with it. */

import * as z from "zod";

const tokenSchema = z.object({
  id: z.int().optional().describe("none where the server has no tokenizer of the model"),
  text: z.string(),
  hex: z.string().optional().describe("the bytes, where they are no text of their own"),
  isSpecial: z.boolean().optional(),
});

const partSchema = z.object({
  message: z.int().describe("index in the request's messages; -1 is the system message added for the tools"),
  role: z.string(),
  tokens: z.array(tokenSchema),
});

const reasoningSchema = z.object({
  message: z.int(),
  tokens: z.int(),
  keeps: z.record(z.string(), z.boolean()).describe("by policy"),
});

const findingSchema = z.object({
  rule: z.string(),
  index: z.int().optional(),
  path: z.string(),
  message: z.string().describe("what is wrong; how to put it right"),
});

export const encodingSchema = z.object({
  thinking: z.boolean(),
  hasTokenizer: z.boolean(),
  parts: z.array(partSchema),
  problem: z.object({ message: z.string(), param: z.string().optional() }).optional(),
  policies: z.array(z.string()),
  reasoning: z.array(reasoningSchema),
  findings: z.array(findingSchema),
});

export type Encoding = z.infer<typeof encodingSchema>;
export type EncodedPart = z.infer<typeof partSchema>;
export type EncodedToken = z.infer<typeof tokenSchema>;
