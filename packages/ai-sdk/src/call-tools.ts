import {
  type LanguageModelV3CallOptions,
  type LanguageModelV3FunctionTool,
  type SharedV3Warning,
  UnsupportedFunctionalityError,
} from "@ai-sdk/provider";
import type { ToolDefinition } from "@cachalot/chat";

/**
 * The tools of a call. Those a provider would run itself are left out with a warning.
 *
 * @throws UnsupportedFunctionalityError when `toolChoice` demands a call
 */
export function callTools({ tools = [], toolChoice }: Pick<LanguageModelV3CallOptions, "tools" | "toolChoice">): {
  tools: ToolDefinition[];
  warnings: SharedV3Warning[];
} {
  if (toolChoice?.type === "required" || toolChoice?.type === "tool") {
    throw new UnsupportedFunctionalityError({
      functionality: `toolChoice ${toolChoice.type}`,
      message: 'Calls cannot be forced; use toolChoice "auto" or "none", and say in the prompt which tool to call',
    });
  }
  if (toolChoice?.type === "none") return { tools: [], warnings: [] };
  const warnings: SharedV3Warning[] = [];
  const definitions: ToolDefinition[] = [];
  for (const tool of tools) {
    if (tool.type === "provider") {
      warnings.push({ type: "unsupported", feature: `provider tool ${tool.id}`, details: "it was left out" });
      continue;
    }
    if (tool.inputExamples?.length) {
      const details = "they were left out; write them into the description";
      warnings.push({ type: "unsupported", feature: `input examples of tool ${tool.name}`, details });
    }
    definitions.push(definitionOf(tool));
  }
  return { tools: definitions, warnings };
}

function definitionOf({ name, description, inputSchema, strict }: LanguageModelV3FunctionTool): ToolDefinition {
  const { $schema: _, ...parameters } = inputSchema;
  return {
    type: "function",
    function: {
      name,
      ...(description === undefined ? {} : { description }),
      parameters,
      ...(strict === undefined ? {} : { strict }),
    },
  };
}
