/** Collects a message piece by piece and the events that announce each piece. */

import type { ChatEvent } from "../chat-model.js";
import { escapeJsonString } from "../json/python-json.js";
import type { ToolCall } from "../messages.js";
import type { ParsedMessage } from "./parse-message.js";

export class MessageBuilder {
  content = "";
  reasoning = "";
  readonly repairs: string[] = [];
  readonly toolCallIds: string[] = [];
  readonly #calls: ToolCall[] = [];
  readonly #createId: (index: number) => string;
  #keys: Set<string> | undefined;
  #events: ChatEvent[] = [];

  constructor(createId: (index: number) => string) {
    this.#createId = createId;
  }

  /** The events since the last drain. */
  drain(): ChatEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  addReasoning(delta: string): void {
    if (delta === "") return;
    this.reasoning += delta;
    const last = this.#events.at(-1);
    if (last?.type === "reasoning") last.delta += delta;
    else this.#events.push({ type: "reasoning", delta });
  }

  addContent(delta: string): void {
    if (delta === "") return;
    this.content += delta;
    const last = this.#events.at(-1);
    if (last?.type === "content") last.delta += delta;
    else this.#events.push({ type: "content", delta });
  }

  addRepair(description: string): void {
    this.repairs.push(description);
    this.#events.push({ type: "repair", description });
  }

  get callIsOpen(): boolean {
    return this.#keys !== undefined;
  }

  openCall(name: string): void {
    const index = this.#calls.length;
    const id = this.#createId(index);
    this.#keys = new Set();
    this.toolCallIds.push(id);
    this.#calls.push({ type: "function", function: { name, arguments: "" } });
    this.#events.push({ type: "tool-call", index, id, name });
  }

  hasParameter(name: string): boolean {
    return this.#keys?.has(name) ?? false;
  }

  /** Writes the parameter's key. Its value follows through `addArguments`. */
  openParameter(name: string): void {
    const lead = this.#keys?.size === 0 ? "{" : ", ";
    this.#keys?.add(name);
    this.addArguments(`${lead}"${escapeJsonString(name)}": `);
  }

  addArguments(delta: string): void {
    const index = this.#calls.length - 1;
    const call = this.#calls[index];
    if (delta === "" || call === undefined) return;
    call.function.arguments += delta;
    const last = this.#events.at(-1);
    if (last?.type === "tool-call-arguments" && last.index === index) last.delta += delta;
    else this.#events.push({ type: "tool-call-arguments", index, delta });
  }

  closeCall(): void {
    this.addArguments(this.#keys?.size === 0 ? "{}" : "}");
    this.#keys = undefined;
  }

  message(): ParsedMessage {
    return {
      role: "assistant",
      content: this.content,
      reasoning_content: this.reasoning,
      tool_calls: structuredClone(this.#calls),
    };
  }
}
