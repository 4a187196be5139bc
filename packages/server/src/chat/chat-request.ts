/** The body of `POST /v1/chat/completions` -> requests a ChatModel understands. */

import {
  type ChatMessage,
  type GenerateRequest,
  hoistDeveloperMessage,
  mendHistory,
  parseMessages,
  type RepairEvent,
  type ThinkingMode,
} from "@cachalot/chat";
import * as z from "zod";
import { badRequest } from "../api-error.js";
import { validate } from "../http/validate.js";
import { refuseUnsupported, samplingFields, samplingOptions } from "../sampling-fields.js";
import { callChoice, callFields, labelsOf } from "./call-choice.js";
import { responseFormatSchema, responseSchema } from "./response-format.js";
import { thinkingFields, thinkingOf } from "./thinking.js";
import { orderToolResults } from "./tool-results.js";

const MAX_MESSAGES = 20_000;

/** Messages are checked by the chat codec. */
export const chatRequestSchema = z.looseObject({
  messages: z.unknown().meta({ type: "array", items: { type: "object" }, minItems: 1 }),
  ...samplingFields,
  ...thinkingFields,
  max_completion_tokens: samplingFields.max_tokens,
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  ...callFields,
  response_format: responseFormatSchema,
});

export interface ChatCall {
  /** The model the client named, if it did. */
  model: string | undefined;
  /** One for each choice; they differ in their seed. */
  requests: GenerateRequest[];
  /** What was put right in the request. */
  repairs: RepairEvent[];
  stream: boolean;
  includeUsage: boolean;
}

function conversation(value: unknown): { messages: readonly ChatMessage[]; repairs: RepairEvent[] } {
  if (value === undefined || value === null) throw badRequest("messages is required", "messages", "missing_parameter");
  const { messages: parsed, repairs } = mendHistory(parseMessages(value));
  const messages = orderToolResults(parsed);
  const last = messages.at(-1);
  if (last === undefined) throw badRequest("messages is empty; send at least one message", "messages");
  if (messages.length > MAX_MESSAGES) throw badRequest(`messages has more than ${MAX_MESSAGES} entries`, "messages");
  if (last.role === "assistant" || last.role === "system") {
    const param = `messages[${messages.length - 1}].role`;
    throw badRequest(
      `${param}: the last message must be of role user, developer or tool for the model to answer`,
      param,
    );
  }
  return { messages: hoistDeveloperMessage(messages), repairs: [...renamedFields(value), ...repairs] };
}

/** Assistant messages whose reasoning came under vLLM's name. */
function renamedFields(messages: unknown): RepairEvent[] {
  if (!Array.isArray(messages)) return [];
  return messages.flatMap((message: Record<string, unknown>, i): RepairEvent[] => {
    if (message.role !== "assistant" || !message.reasoning || message.reasoning_content) return [];
    return [{ type: "repair", kind: "field-name", description: `messages[${i}].reasoning is reasoning_content here` }];
  });
}

/**
 * Checks a request body.
 * @throws ApiError or ChatError for the first thing that is wrong, naming its field.
 */
export function parseChatRequest(value: Record<string, unknown>, defaultThinking: ThinkingMode): ChatCall {
  const body = validate(chatRequestSchema, value);
  refuseUnsupported("chat", value);
  if (body.top_logprobs && !body.logprobs) {
    throw badRequest("top_logprobs needs logprobs: true", "top_logprobs");
  }
  const calls = callChoice(body);
  // As it was sent: zod reorders keys, and the prompt shows them.
  const responseFormat = responseSchema(value.response_format as typeof body.response_format);
  const { messages, repairs } = conversation(body.messages);
  const { repairs: dropped, ...thinking } = thinkingOf(body, defaultThinking);
  const labels = labelsOf(value);
  const base = {
    messages,
    ...thinking,
    ...calls,
    ...(responseFormat ? { responseFormat } : {}),
    ...(labels ? { labels } : {}),
    ...(body.logprobs ? { topLogprobs: body.top_logprobs ?? 0 } : {}),
  };
  const maxTokens = body.max_completion_tokens ?? body.max_tokens ?? undefined;
  return {
    model: body.model ?? undefined,
    requests: Array.from({ length: body.n ?? 1 }, (_, choice) => ({
      ...base,
      ...samplingOptions(body, maxTokens, choice),
    })),
    repairs: [...repairs, ...dropped],
    stream: body.stream ?? false,
    includeUsage: body.stream_options?.include_usage ?? false,
  };
}
