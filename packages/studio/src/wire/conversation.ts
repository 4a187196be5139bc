/** A conversation as it is stored: a tree of messages, of which one path is shown, with what was asked of the model. */

import * as z from "zod";

const call = z.looseObject({
  id: z.string().optional(),
  type: z.literal("function").optional(),
  function: z.looseObject({ name: z.string(), arguments: z.string() }),
});

const messageSchema = z.looseObject({
  role: z.enum(["user", "assistant", "tool"]),
  content: z.string().nullish(),
  reasoning_content: z.string().nullish(),
  tool_calls: z.array(call).optional(),
  tool_call_id: z.string().optional(),
});

const usageSchema = z.object({
  promptTokens: z.number(),
  completionTokens: z.number(),
  reasoningTokens: z.number(),
  cachedTokens: z.number(),
});

/** How an answer came about. */
const makingSchema = z.object({
  model: z.string().optional(),
  /** The generation that makes it, while it runs. */
  generation: z.string().optional(),
  state: z.enum(["running", "done", "stopped", "failed", "lost", "unsent"]),
  problem: z.string().optional().describe("what went wrong, and what to do"),
  startedAt: z.number().optional(),
  reasoningSeconds: z.number().optional(),
  seconds: z.number().optional(),
  usage: usageSchema.optional(),
  finish: z.string().optional(),
});

const toolResultSchema = z.object({
  content: z.string(),
  isError: z.boolean().optional(),
  by: z.enum(["server", "user", "denied"]),
});

const nodeSchema = z.object({
  id: z.string().min(1).max(64),
  parent: z.string().max(64).nullable(),
  message: messageSchema,
  making: makingSchema.optional(),
  /** Of an answer that calls tools: the results that are there already, by the call's place. */
  results: z.record(z.string(), toolResultSchema).optional(),
});

const settingsSchema = z.object({
  system: z.string(),
  /** JSON of own tools, as it was typed: the prompt shows it as it is. */
  tools: z.string(),
  /** Tools the server runs, by name. */
  serverTools: z.array(z.string()),
  thinking: z.boolean(),
  temperature: z.number().optional(),
  topP: z.number().optional(),
  maxTokens: z.number().optional(),
  seed: z.number().optional(),
});

export const CONVERSATION_ID = /^[a-z0-9][a-z0-9-]{3,63}$/;

export const conversationSchema = z.object({
  id: z.string().regex(CONVERSATION_ID),
  title: z.string().max(500),
  createdAt: z.number().describe("milliseconds since 1970"),
  updatedAt: z.number(),
  settings: settingsSchema,
  messages: z.array(nodeSchema).max(100_000),
  current: z.string().nullable().describe("the last message of the branch that is shown"),
});

export const summarySchema = z.object({
  id: z.string(),
  title: z.string(),
  updatedAt: z.number(),
  messages: z.int(),
  found: z.string().optional().describe("where the search found its text"),
});

export const summariesSchema = z.object({ conversations: z.array(summarySchema) });

export type Conversation = z.infer<typeof conversationSchema>;
export type MessageNode = z.infer<typeof nodeSchema>;
export type Making = z.infer<typeof makingSchema>;
export type ToolResult = z.infer<typeof toolResultSchema>;
export type ChatSettings = z.infer<typeof settingsSchema>;
export type ConversationSummary = z.infer<typeof summarySchema>;
