/** Schemas of what the OpenAI-compatible API answers: objects may have more fields, never fewer. */

import * as z from "zod";

export const errorSchema = z.object({
  error: z.object({
    message: z.string().describe("what was wrong, and what to do"),
    type: z.string(),
    param: z.string().nullable().describe("the field that was wrong"),
    code: z.string(),
  }),
});

const usageSchema = z.object({
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
  prompt_tokens_details: z.object({ cached_tokens: z.int() }),
  completion_tokens_details: z.object({ reasoning_tokens: z.int() }),
});

const finishReason = z.enum(["stop", "length", "tool_calls"]);

const toolCallSchema = z.looseObject({
  id: z.string(),
  type: z.literal("function"),
  function: z.object({ name: z.string(), arguments: z.string().describe("JSON") }),
});

const tokenSchema = z.looseObject({ token: z.string(), logprob: z.number(), bytes: z.array(z.int()).nullish() });
const chatLogprobs = z.looseObject({
  content: z.array(tokenSchema.extend({ top_logprobs: z.array(tokenSchema) })),
});

export const chatCompletionSchema = z.looseObject({
  id: z.string(),
  object: z.literal("chat.completion"),
  created: z.int().describe("seconds since 1970"),
  model: z.string(),
  choices: z.array(
    z.looseObject({
      index: z.int(),
      message: z.looseObject({
        role: z.literal("assistant"),
        content: z.string().nullable(),
        reasoning_content: z.string().optional(),
        tool_calls: z.array(toolCallSchema).optional(),
      }),
      logprobs: chatLogprobs.nullable(),
      finish_reason: finishReason,
    }),
  ),
  usage: usageSchema,
});

export const chatChunkSchema = z.looseObject({
  id: z.string(),
  object: z.literal("chat.completion.chunk"),
  created: z.int(),
  model: z.string(),
  choices: z.array(
    z.looseObject({
      index: z.int(),
      delta: z.looseObject({
        role: z.literal("assistant").optional(),
        content: z.string().optional(),
        reasoning_content: z.string().optional(),
        tool_calls: z.array(z.looseObject({ index: z.int(), id: z.string().optional() })).optional(),
      }),
      logprobs: chatLogprobs.nullable(),
      finish_reason: finishReason.nullable(),
    }),
  ),
  usage: usageSchema.nullish(),
});

const textLogprobs = z.looseObject({
  tokens: z.array(z.string()),
  token_logprobs: z.array(z.number()),
  top_logprobs: z.array(z.record(z.string(), z.number())),
  text_offset: z.array(z.int()),
});

const textChoice = z.looseObject({
  index: z.int(),
  text: z.string(),
  logprobs: textLogprobs.nullable(),
  token_ids: z.array(z.int()).optional(),
});

export const textCompletionSchema = z.looseObject({
  id: z.string(),
  object: z.literal("text_completion"),
  created: z.int(),
  model: z.string(),
  choices: z.array(textChoice.extend({ finish_reason: finishReason })),
  usage: usageSchema,
});

export const textChunkSchema = textCompletionSchema.extend({
  choices: z.array(textChoice.extend({ finish_reason: finishReason.nullable() })),
  usage: usageSchema.nullish(),
});

export const modelSchema = z.object({
  id: z.string(),
  object: z.literal("model"),
  created: z.int(),
  owned_by: z.string(),
  max_model_len: z.int().describe("in tokens, prompt and completion together"),
});

export const modelListSchema = z.object({ object: z.literal("list"), data: z.array(modelSchema) });

export const healthSchema = z.object({ status: z.enum(["ok", "starting"]), model: z.string() });
