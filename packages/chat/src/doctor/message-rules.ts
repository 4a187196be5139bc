/** Rules about messages themselves. */

import { SPECIAL_TOKENS } from "../codec/special-tokens.js";
import { ChatError } from "../errors.js";
import { parseMessages, parseTools } from "../prompt/parse-messages.js";
import { about, aboutRequest, callsOf, type Rule, textOf } from "./finding.js";

/** What a ChatError says, without the name of the field that stands before it. */
function said(run: () => unknown): { message: string; param: string } | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    const param = error.param ?? "";
    return {
      param,
      message: error.message.startsWith(`${param}: `) ? error.message.slice(param.length + 2) : error.message,
    };
  }
}

export const shape: Rule = {
  id: "shape",
  about: "Messages and tools have OpenAI's shape.",
  check({ body }) {
    const tools = body.tools == null ? undefined : said(() => parseTools(body.tools));
    const findings = tools ? [aboutRequest(tools.param, tools.message)] : [];
    if (!Array.isArray(body.messages) || body.messages.length === 0) {
      return [...findings, aboutRequest("messages", "expected a list of messages; send at least one")];
    }
    for (const [index, message] of body.messages.entries()) {
      const wrong = said(() => parseMessages([message]));
      if (wrong) findings.push({ index, path: wrong.param.replace("[0]", `[${index}]`), message: wrong.message });
    }
    return findings;
  },
};

export const lastMessage: Rule = {
  id: "last-message",
  about: "The last message is one the model can answer.",
  check({ messages }) {
    const last = messages.at(-1);
    if (last === undefined || !["assistant", "system"].includes(last.role as string)) return [];
    // A call without a result is reported as that.
    if (callsOf(last).length > 0) return [];
    const fix = "end with a user or tool message";
    return [about(messages.length - 1, "role", `nothing is left to answer after a ${last.role} message; ${fix}`)];
  },
};

export const developerRole: Rule = {
  id: "developer-role",
  about: "Instructions are system messages; V3.2's developer role is a kind of user turn.",
  check({ messages, profile, thinking }) {
    if (!profile.developerRole) {
      return messages.flatMap(({ role }, i) => {
        if (role !== "developer") return [];
        return [about(i, "role", `a ${profile.name} host does not know the role developer; make it system`)];
      });
    }
    if (!thinking) return [];
    const opening = messages.findIndex(({ role }) => role !== "system" && role !== "developer");
    const lastUser = messages.findLastIndex(({ role }) => role === "user" || role === "developer");
    return messages.flatMap(({ role }, i) => {
      if (role !== "developer" || i < opening || i === lastUser) return [];
      return [
        about(i, "role", "a developer message before the last user message cannot be encoded; make it system or user"),
      ];
    });
  },
};

export const specialToken: Rule = {
  id: "special-token",
  about: "Text from outside holds no special tokens: the model would take them for structure.",
  check({ messages }) {
    return messages.flatMap((message, i) => {
      if (message.role === "assistant") return [];
      const token = SPECIAL_TOKENS.find((special) => textOf(message).includes(special));
      if (token === undefined) return [];
      return [about(i, "content", `the text holds the special token ${token}; take it apart or out before sending it`)];
    });
  },
};
