/** Rules about tools, their calls and their results. V3.2's prompt has no call ids: order is all there is. */

import { ChatError } from "../errors.js";
import { parseLosslessJson } from "../json/lossless-json.js";
import { about, aboutRequest, type CapturedMessage, callsOf, type Rule } from "./finding.js";

const toolNames = (tools: unknown): string[] =>
  Array.isArray(tools)
    ? tools.flatMap((tool: { function?: { name?: unknown } } | null) =>
        typeof tool?.function?.name === "string" ? [tool.function.name] : [],
      )
    : [];

/** Tools of the request and of its messages. */
function offered(body: Readonly<Record<string, unknown>>, messages: readonly CapturedMessage[]): Set<string> {
  return new Set([...toolNames(body.tools), ...messages.flatMap(({ tools }) => toolNames(tools))]);
}

/** The tool messages right after message `i`. */
function resultsAfter(messages: readonly CapturedMessage[], i: number): CapturedMessage[] {
  const rest = messages.slice(i + 1);
  const end = rest.findIndex(({ role }) => role !== "tool");
  return end < 0 ? rest : rest.slice(0, end);
}

export const callArguments: Rule = {
  id: "call-arguments",
  about: "Arguments are a JSON object, as text.",
  check({ messages }) {
    return messages.flatMap((message, i) =>
      callsOf(message).flatMap((call, n) => {
        const field = `tool_calls[${n}].function.arguments`;
        if (typeof call.arguments === "object" && call.arguments !== null) {
          return [about(i, field, "the arguments are an object, and hosts want its JSON text; use JSON.stringify")];
        }
        // Other arguments that are no text are the shape rule's.
        if (typeof call.arguments !== "string") return [];
        try {
          if (parseLosslessJson(call.arguments) instanceof Map) return [];
          return [about(i, field, "the arguments are JSON but no object; send an object such as {}")];
        } catch (error) {
          if (!(error instanceof ChatError)) throw error;
          return [about(i, field, `${error.message.replace(/;.*/s, "")}; send the arguments as they came, or {}`)];
        }
      }),
    );
  },
};

export const unansweredCall: Rule = {
  id: "unanswered-call",
  about: "Every call is followed by its result.",
  check({ messages }) {
    return messages.flatMap((message, i) => {
      const calls = callsOf(message);
      const results = resultsAfter(messages, i);
      if (calls.length === 0 || results.length >= calls.length) return [];
      const names = calls.slice(results.length).map(({ name }) => name ?? "?");
      const what = `${calls.length} calls are followed by ${results.length} results`;
      return [about(i, "tool_calls", `${what}; add a tool message for ${names.join(", ")}, errors included`)];
    });
  },
};

export const strayResult: Rule = {
  id: "stray-result",
  about: "Every tool message answers a call of the assistant message before it.",
  check({ messages }) {
    return messages.flatMap((message, i) => {
      if (message.role !== "tool") return [];
      const before = messages.slice(0, i).findLastIndex(({ role }) => role !== "tool");
      const calls = callsOf(messages[before] ?? {});
      if (calls.length === 0) return [about(i, "", "no assistant message with tool calls stands before it; remove it")];
      if (i - before > calls.length)
        return [about(i, "", `${calls.length} calls have more results than that; remove it`)];
      const id = message.tool_call_id;
      if (typeof id !== "string" || id === "" || calls.some((call) => call.id === id)) return [];
      const known = calls.map((call) => JSON.stringify(call.id)).join(", ");
      return [about(i, "tool_call_id", `no call has the id ${JSON.stringify(id)}; use one of ${known}`)];
    });
  },
};

export const resultOrder: Rule = {
  id: "result-order",
  about: "Results come in the order of their calls.",
  check({ messages }) {
    return messages.flatMap((message, i) => {
      const ids = callsOf(message).map(({ id }) => id);
      const answered = resultsAfter(messages, i).map(({ tool_call_id: id }) => ids.indexOf(id as string));
      const wrong = answered.findIndex((order, n) => order >= 0 && order < Math.max(-1, ...answered.slice(0, n)));
      if (wrong < 0) return [];
      return [
        about(
          i + 1 + wrong,
          "tool_call_id",
          "the result stands after that of a later call, and V3.2 matches results by order; sort them as the calls are",
        ),
      ];
    });
  },
};

export const callId: Rule = {
  id: "call-id",
  about: "Calls have ids, each its own.",
  check({ messages }) {
    const seen = new Set<string>();
    return messages.flatMap((message, i) =>
      callsOf(message).flatMap(({ id }, n) => {
        const field = `tool_calls[${n}].id`;
        if (id === undefined) return [about(i, field, "the call has no id; give it one, and its result the same")];
        if (seen.has(id)) return [about(i, field, `another call has the id ${JSON.stringify(id)}; make ids unique`)];
        seen.add(id);
        return [];
      }),
    );
  },
};

export const unknownTool: Rule = {
  id: "unknown-tool",
  about: "Tools that were called stay in the request's tools.",
  check({ body, messages }) {
    const known = offered(body, messages);
    const missing = new Map<string, number>();
    for (const [i, message] of messages.entries()) {
      for (const { name } of callsOf(message)) if (name && !known.has(name) && !missing.has(name)) missing.set(name, i);
    }
    return [...missing].map(([name, i]) =>
      about(i, "tool_calls", `${name} was called but is not offered; keep it in tools as long as its calls are there`),
    );
  },
};

export const specialeTools: Rule = {
  id: "speciale-tools",
  about: "DeepSeek-V3.2-Speciale was trained without tools.",
  check({ body, messages, speciale }) {
    if (!speciale) return [];
    const fix = "remove them, or use DeepSeek-V3.2";
    if (offered(body, messages).size > 0) return [aboutRequest("tools", `Speciale was trained without tools; ${fix}`)];
    const i = messages.findIndex((message) => callsOf(message).length > 0);
    return i < 0 ? [] : [about(i, "tool_calls", `Speciale was trained without tools; ${fix}`)];
  },
};
