import type {
  LanguageModelV3CallOptions,
  LanguageModelV3FunctionTool,
  LanguageModelV3ToolChoice,
  SharedV3Warning,
} from "@ai-sdk/provider";
import type { ToolChoice, ToolDefinition } from "@cachalot/chat";

/** The tools of a call, and which of them are to be called. Those a provider would run itself are left out with a warning. */
export function callTools({ tools = [], toolChoice }: Pick<LanguageModelV3CallOptions, "tools" | "toolChoice">): {
  tools: ToolDefinition[];
  toolChoice: ToolChoice | undefined;
  warnings: SharedV3Warning[];
} {
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
  return { tools: definitions, toolChoice: choiceOf(toolChoice), warnings };
}

function choiceOf(choice: LanguageModelV3ToolChoice | undefined): ToolChoice | undefined {
  return choice?.type === "tool" ? { name: choice.toolName } : choice?.type;
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
