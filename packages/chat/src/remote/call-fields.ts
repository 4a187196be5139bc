/** What a request says of tool calls and of its degree of thinking -> fields of one host. */

import type { GenerateRequest } from "../chat-model.js";
import { ChatError } from "../errors.js";
import type { EndpointProfile } from "./endpoint-profile.js";

type Fields = Record<string, unknown>;

const refuse = (param: string, message: string): ChatError => new ChatError("unsupported_parameter", message, param);

/**
 * `tool_choice` and `parallel_tool_calls`, for a request that has tools.
 *
 * @throws ChatError `unsupported_parameter` for what the host does not make sure of.
 */
export function callFields(
  { toolChoice, parallelToolCalls }: GenerateRequest,
  profile: EndpointProfile,
  thinking: boolean,
): Fields {
  const { name, forcesCalls = "never", limitsCalls = false } = profile;
  const forced = toolChoice !== undefined && toolChoice !== "auto" && toolChoice !== "none";
  if (forced && forcesCalls === "never") {
    throw refuse("tool_choice", `a ${name} endpoint does not force calls; tool_choice must be "auto" or "none"`);
  }
  if (forced && thinking && forcesCalls === "without-thinking") {
    const fix = 'turn thinking off (thinking: {"type": "disabled"}), or use "auto"';
    throw refuse("tool_choice", `a ${name} endpoint forces no calls while the model thinks; ${fix}`);
  }
  if (parallelToolCalls === false && !limitsCalls) {
    throw refuse(
      "parallel_tool_calls",
      `a ${name} endpoint lets the model decide how many calls it makes; remove parallel_tool_calls`,
    );
  }
  return {
    ...(toolChoice === undefined || toolChoice === "auto" ? {} : { tool_choice: wireChoice(toolChoice) }),
    ...(parallelToolCalls === false ? { parallel_tool_calls: false } : {}),
  };
}

const wireChoice = (choice: NonNullable<GenerateRequest["toolChoice"]>): unknown =>
  typeof choice === "string" ? choice : { type: "function", function: { name: choice.name } };

/** What switches thinking, and how long to think where the host reads that. */
export function thinkingFields(
  { reasoningEffort }: GenerateRequest,
  profile: EndpointProfile,
  thinking: boolean,
): Fields {
  const fields = (thinking ? profile.thinking.on : profile.thinking.off) as Fields;
  if (!thinking || reasoningEffort === undefined || profile.effort === undefined) return fields;
  const effort = { reasoning_effort: profile.effort.names[reasoningEffort] };
  if (profile.effort.in === "body") return { ...fields, ...effort };
  return { ...fields, chat_template_kwargs: { ...(fields.chat_template_kwargs as Fields | undefined), ...effort } };
}

/** The labels a host reads. */
export function labelFields({ labels = {} }: GenerateRequest, profile: EndpointProfile): Fields {
  return Object.fromEntries(Object.entries(labels).filter(([label]) => profile.labels?.includes(label)));
}
