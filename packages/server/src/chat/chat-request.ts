/** The body of `POST /v1/chat/completions` -> requests a ChatModel understands. */

import {
  type ChatMessage,
  type GenerateRequest,
  hoistDeveloperMessage,
  parseMessages,
  parseTools,
  type RepairEvent,
  type ThinkingMode,
  type ToolDefinition,
} from "@cachalot/chat";
import * as z from "zod";
import { badRequest, unsupported } from "../api-error.js";
import { validate } from "../http/validate.js";
import { refuseUnsupported, samplingFields, samplingOptions } from "../sampling-fields.js";
import { responseFormatSchema, responseSchema } from "./response-format.js";
import { thinkingFields, thinkingMode } from "./thinking.js";
import { orderToolResults } from "./tool-results.js";

const MAX_MESSAGES = 20_000;
const MAX_TOOLS = 1000;

const bodySchema = z.looseObject({
  ...samplingFields,
  ...thinkingFields,
  max_completion_tokens: samplingFields.max_tokens,
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  tool_choice: z
    .union([z.enum(["auto", "none", "required"]), z.looseObject({ type: z.string() })], {
      error: 'expected "auto" or "none"',
    })
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
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

function conversation(value: unknown): readonly ChatMessage[] {
  if (value === undefined || value === null) throw badRequest("messages is required", "messages", "missing_parameter");
  const messages = orderToolResults(parseMessages(value));
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
  return hoistDeveloperMessage(messages);
}

/** Assistant messages whose reasoning came under vLLM's name. */
function renamedFields(messages: unknown): RepairEvent[] {
  if (!Array.isArray(messages)) return [];
  return messages.flatMap((message: Record<string, unknown>, i): RepairEvent[] => {
    if (message.role !== "assistant" || !message.reasoning || message.reasoning_content) return [];
    return [{ type: "repair", kind: "field-name", description: `messages[${i}].reasoning is reasoning_content here` }];
  });
}

function offeredTools(body: z.infer<typeof bodySchema>): ToolDefinition[] {
  if (body.parallel_tool_calls === false) {
    throw unsupported("parallel_tool_calls", "The model decides how many calls it makes; remove parallel_tool_calls");
  }
  const tools = body.tools == null ? [] : parseTools(body.tools);
  if (tools.length > MAX_TOOLS) throw badRequest(`tools has more than ${MAX_TOOLS} entries`, "tools");
  if (body.tool_choice === "none") return [];
  if (body.tool_choice != null && body.tool_choice !== "auto") {
    throw unsupported("tool_choice", 'Calls cannot be forced; tool_choice must be "auto" or "none"');
  }
  return tools;
}

/**
 * Checks a request body.
 * @throws ApiError or ChatError for the first thing that is wrong, naming its field.
 */
export function parseChatRequest(value: Record<string, unknown>, defaultThinking: ThinkingMode): ChatCall {
  const body = validate(bodySchema, value);
  refuseUnsupported(value, body);
  if (body.top_logprobs && !body.logprobs) {
    throw badRequest("top_logprobs needs logprobs: true", "top_logprobs");
  }
  const tools = offeredTools(body);
  const responseFormat = responseSchema(body.response_format);
  const base = {
    messages: conversation(body.messages),
    thinkingMode: thinkingMode(body, defaultThinking),
    ...(tools.length > 0 ? { tools } : {}),
    ...(responseFormat ? { responseFormat } : {}),
    ...(body.logprobs ? { topLogprobs: body.top_logprobs ?? 0 } : {}),
  };
  const maxTokens = body.max_completion_tokens ?? body.max_tokens ?? undefined;
  return {
    model: body.model ?? undefined,
    requests: Array.from({ length: body.n ?? 1 }, (_, choice) => ({
      ...base,
      ...samplingOptions(body, maxTokens, choice),
    })),
    repairs: renamedFields(body.messages),
    stream: body.stream ?? false,
    includeUsage: body.stream_options?.include_usage ?? false,
  };
}
