/** Collects a message piece by piece and the events that announce each piece. */

import type { ChatEvent, RepairKind } from "../chat-model.js";
import { escapeJsonString } from "../json/python-json.js";
import type { ToolCall } from "../messages.js";
import type { CallPolicy } from "./call-policy.js";
import type { ParsedMessage } from "./parse-message.js";

/** The call being read. */
interface OpenCall {
  name: string;
  keys: Set<string>;
  /** Its place in the message; undefined until its first arguments are known. */
  index: number | undefined;
  arguments: string;
  /** Why it is not made. */
  refusal: string | undefined;
  /** All arguments in one parameter, written as they are unless another parameter follows. */
  wrapped: { inner: string; outer: string } | undefined;
}

export class MessageBuilder {
  content = "";
  reasoning = "";
  readonly repairs: string[] = [];
  readonly toolCallIds: string[] = [];
  readonly #calls: ToolCall[] = [];
  readonly #createId: (index: number) => string;
  readonly #policy: CallPolicy;
  #open: OpenCall | undefined;
  #events: ChatEvent[] = [];
  /** The calls are not written in the exact format. */
  recovered = false;
  /** The text ended inside a call. */
  callWasCut = false;

  constructor(createId: (index: number) => string, policy: CallPolicy) {
    this.#createId = createId;
    this.#policy = policy;
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

  addRepair(description: string, kind?: RepairKind): void {
    this.repairs.push(description);
    this.#events.push({ type: "repair", description, ...(kind === undefined ? {} : { kind }) });
  }

  /** The tool whose call is being read. */
  get tool(): string {
    return this.#open?.name ?? "";
  }

  /** Begins a call. It is announced with its first arguments, unless the policy refuses it. */
  openCall(name: string): void {
    const refusal = this.#policy.refusal(name, this.recovered);
    this.#open = { name, keys: new Set(), index: undefined, arguments: "", refusal, wrapped: undefined };
  }

  hasParameter(name: string): boolean {
    return this.#open?.keys.has(name) ?? false;
  }

  get hasParameters(): boolean {
    return this.#open !== undefined && this.#open.keys.size > 0;
  }

  /** Writes the parameter's key. Its value follows through `addArguments`. */
  openParameter(name: string): void {
    this.#unwrap("outer");
    const lead = this.hasParameters ? ", " : "{";
    this.#open?.keys.add(name);
    this.addArguments(`${lead}"${escapeJsonString(name)}": `);
  }

  /** A parameter that holds an object with all arguments: `inner` where nothing else follows, else `outer`. */
  wrapParameter(name: string, inner: string): void {
    if (this.#open === undefined) return;
    this.#open.keys.add(name);
    this.#open.wrapped = { inner, outer: `{"${escapeJsonString(name)}": ${inner}` };
  }

  #unwrap(as: "inner" | "outer"): boolean {
    const wrapped = this.#open?.wrapped;
    if (this.#open === undefined || wrapped === undefined) return false;
    this.#open.wrapped = undefined;
    this.addArguments(wrapped[as]);
    return true;
  }

  addArguments(delta: string): void {
    const call = this.#open;
    if (delta === "" || call === undefined) return;
    call.arguments += delta;
    if (call.refusal !== undefined) return;
    call.index ??= this.#announce(call.name);
    const { index } = call;
    const last = this.#events.at(-1);
    if (last?.type === "tool-call-arguments" && last.index === index) last.delta += delta;
    else this.#events.push({ type: "tool-call-arguments", index, delta });
  }

  #announce(name: string): number {
    const index = this.#calls.length;
    const id = this.#createId(index);
    this.toolCallIds.push(id);
    this.#calls.push({ type: "function", function: { name, arguments: "" } });
    this.#events.push({ type: "tool-call", index, id, name });
    return index;
  }

  closeCall(): void {
    if (this.#unwrap("inner")) {
      this.addRepair(
        `the arguments of call ${JSON.stringify(this.tool)} were wrapped in one parameter; unwrapped them`,
      );
    } else this.addArguments(this.hasParameters ? "}" : "{}");
    this.#endCall();
  }

  /** Ends a call whose arguments came as one text. */
  closeCallWith(json: string): void {
    this.addArguments(json);
    this.#endCall();
  }

  #endCall(): void {
    const call = this.#open;
    this.#open = undefined;
    if (call === undefined) return;
    if (call.refusal !== undefined) {
      const { name, arguments: args, refusal } = call;
      this.addRepair(`left out a call of ${JSON.stringify(name)} with ${args}: ${refusal}`, "withheld-calls");
      return;
    }
    const made = this.#calls[call.index ?? -1];
    if (made !== undefined) made.function.arguments = call.arguments;
  }

  /** The text was cut in markup before a call could begin. */
  cutTag(text: string): void {
    this.callWasCut = true;
    this.addRepair(`left out a tool call that was cut off: ${JSON.stringify(text)}`, "cut-call");
  }

  /** The text was cut inside the call: its arguments stay open, so that nobody takes them for whole. */
  cutCall(): void {
    const call = this.#open;
    this.callWasCut = true;
    this.addRepair(
      `the text was cut inside a call of ${JSON.stringify(this.tool)}; its arguments are not whole`,
      "cut-call",
    );
    this.#open = undefined;
    const made = this.#calls[call?.index ?? -1];
    if (call !== undefined && made !== undefined) made.function.arguments = call.arguments;
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
