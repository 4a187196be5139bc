import type { AssistantMessage, ChatMessage, ToolDefinition } from "@cachalot/chat";

/** A task that a person works on. */
export interface Play {
  id: string;
  task: {
    taskset: string;
    domain: string;
    key: string;
    level: number;
    mode: string;
    split: string;
    messages: ChatMessage[];
    tools: ToolDefinition[];
    budget: { tokens: number; calls: number };
  };
  /** A demonstration that earns all. */
  solution: AssistantMessage[];
}
