/** The tools of a chat request, and which of them are to be called. */

import { LABELS, parseTools, type ToolChoice, type ToolDefinition } from "@cachalot/chat";
import * as z from "zod";
import { badRequest, unsupported } from "../api-error.js";

const MAX_TOOLS = 1000;

export const callFields = {
  tool_choice: z
    .union([z.enum(["auto", "none", "required"]), z.looseObject({ type: z.string() })], {
      error: 'expected "auto", "none", "required" or a named function',
    })
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
};

const named = z.looseObject({ type: z.literal("function"), function: z.looseObject({ name: z.string() }) });
const callSchema = z.looseObject({ ...callFields, tools: z.unknown().optional() });

export interface CallChoice {
  tools?: ToolDefinition[];
  toolChoice?: ToolChoice;
  parallelToolCalls?: false;
}

/**
 * Whether calls can be forced is the model's to say.
 * @throws ApiError or ChatError for tools of the wrong shape, and for a choice that names none of them.
 */
export function callChoice(body: z.infer<typeof callSchema>): CallChoice {
  const tools = body.tools == null ? [] : parseTools(body.tools);
  if (tools.length > MAX_TOOLS) throw badRequest(`tools has more than ${MAX_TOOLS} entries`, "tools");
  const toolChoice = choiceOf(body.tool_choice, tools);
  return {
    ...(tools.length > 0 ? { tools } : {}),
    ...(toolChoice === undefined || toolChoice === "auto" ? {} : { toolChoice }),
    ...(tools.length > 0 && body.parallel_tool_calls === false ? { parallelToolCalls: false } : {}),
  };
}

function choiceOf(choice: z.infer<typeof callSchema>["tool_choice"], tools: ToolDefinition[]): ToolChoice | undefined {
  if (choice == null || choice === "auto" || choice === "none") return choice ?? undefined;
  if (typeof choice === "string") {
    if (tools.length === 0) throw badRequest("tool_choice is required, but there are no tools", "tool_choice");
    return choice;
  }
  const { data } = named.safeParse(choice);
  if (data === undefined) {
    throw unsupported("tool_choice", 'tool_choice must be "auto", "none", "required" or {"type": "function", …}');
  }
  const { name } = data.function;
  if (tools.some((tool) => tool.function.name === name)) return { name };
  throw badRequest(
    `tool_choice names ${JSON.stringify(name.slice(0, 100))}, which is none of the tools`,
    "tool_choice",
  );
}

/** What a host may read and a model here does not. */
export function labelsOf(body: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined {
  const given = LABELS.filter((label) => body[label] !== undefined && body[label] !== null);
  return given.length > 0 ? Object.fromEntries(given.map((label) => [label, body[label]])) : undefined;
}
