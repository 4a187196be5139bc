/** What the rules look at, and what they say. */

import type { EndpointProfile } from "../remote/endpoint-profile.js";

/** Something in a request that breaks V3.2's contract. */
export interface Finding {
  /** Which rule it breaks. */
  rule: string;
  /** The message it is about; undefined when it is about the request as a whole. */
  index: number | undefined;
  /** The field: `messages[2].reasoning_content`. */
  path: string;
  /** What is wrong, and after the semicolon how to put it right. */
  message: string;
}

/** A message as it was captured: nothing about it is certain but that it is an object. */
export type CapturedMessage = Readonly<Record<string, unknown>>;

/** A request as it was captured, opened up for the rules. */
export interface CapturedRequest {
  body: Readonly<Record<string, unknown>>;
  /** What is no object is `{}` here; the `shape` rule reports it. */
  messages: readonly CapturedMessage[];
  profile: EndpointProfile;
  /** Whether the model is to think; true unless the request says no. */
  thinking: boolean;
  speciale: boolean;
}

/** One rule: pure, and silent about what other rules report. */
export interface Rule {
  id: string;
  /** One line for the documentation. */
  about: string;
  check(request: CapturedRequest): Omit<Finding, "rule">[];
}

/** A tool call as captured. */
export interface CapturedCall {
  id: string | undefined;
  name: string | undefined;
  arguments: unknown;
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

const stringOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** The tool calls of a message, in order. */
export function callsOf(message: CapturedMessage): CapturedCall[] {
  if (message.role !== "assistant" || !Array.isArray(message.tool_calls)) return [];
  return message.tool_calls.map((value: unknown) => {
    const call = record(value);
    const fn = record(call.function);
    return { id: stringOf(call.id) || undefined, name: stringOf(fn.name), arguments: fn.arguments };
  });
}

/** A message's text: a string, or its text parts. */
export function textOf(message: CapturedMessage): string {
  const { content } = message;
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part: unknown) => stringOf(record(part).text) ?? "").join("");
}

/** A finding about one field of one message. */
export function about(index: number, field: string, message: string): Omit<Finding, "rule"> {
  return { index, path: `messages[${index}]${field === "" ? "" : `.${field}`}`, message };
}

/** A finding about a field of the request. */
export function aboutRequest(path: string, message: string): Omit<Finding, "rule"> {
  return { index: undefined, path, message };
}
