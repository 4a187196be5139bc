/** The OpenAI chat shape, plus `reasoning_content` (DeepSeek's name for the thinking of an assistant message). */

/** A JSON-schema function an assistant may call. */
export interface ToolDefinition {
  type: "function";
  function: {
    name: string;
    description?: string;
    parameters?: Record<string, unknown>;
    strict?: boolean;
  };
}

/** Whether the model may, must not or must call tools, or must call the one named. */
export type ToolChoice = "auto" | "none" | "required" | { name: string };

/** One call the assistant made. `arguments` is the JSON *string*, kept exactly as received. */
export interface ToolCall {
  id?: string;
  type?: "function";
  function: { name: string; arguments: string };
}

export interface SystemMessage {
  role: "system";
  content?: string | null;
  tools?: ToolDefinition[];
  response_format?: Record<string, unknown>;
}

export interface DeveloperMessage {
  role: "developer";
  content?: string | null;
  tools?: ToolDefinition[];
  response_format?: Record<string, unknown>;
}

export interface UserMessage {
  role: "user";
  content?: string | null;
}

export interface AssistantMessage {
  role: "assistant";
  content?: string | null;
  reasoning_content?: string | null;
  tool_calls?: ToolCall[];
}

export interface ToolMessage {
  role: "tool";
  content?: string | null;
  tool_call_id?: string;
}

export type ChatMessage = SystemMessage | DeveloperMessage | UserMessage | AssistantMessage | ToolMessage;

/** `thinking`: the assistant reasons before it answers. `chat`: it answers at once. */
export type ThinkingMode = "thinking" | "chat";
