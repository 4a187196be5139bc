/** Answers that were to be JSON and came in a Markdown fence. */

import type { ChatEvent, GenerateRequest } from "./chat-model.js";

const OPENING = /^\s*```(?:json|JSON)?[ \t]*\r?\n/;
/** What may yet become an opening fence. */
const MAY_OPEN = /^\s*(?:`{0,2}|```[a-zA-Z]{0,4}[ \t]*\r?)$/;
const CLOSING = /\s*```\s*$/;
/** The longest end of a text that may yet be the closing fence. */
const MAY_CLOSE = /\s*(?:`{0,3}\s*)$/;

/**
 * Takes the fence off the content of an answer whose shape was asked for, and says so. Other answers pass as they are.
 */
export async function* withoutFence(
  { responseFormat }: GenerateRequest,
  events: AsyncIterable<ChatEvent>,
): AsyncGenerator<ChatEvent, void, undefined> {
  let held = "";
  let state: "start" | "fenced" | "plain" =
    responseFormat !== undefined && Object.keys(responseFormat).length > 0 ? "start" : "plain";
  for await (const event of events) {
    if (event.type !== "content" || state === "plain") {
      if (event.type === "usage" || event.type === "finish") {
        const rest = state === "fenced" ? held.replace(CLOSING, "") : held;
        held = "";
        if (rest !== "") yield { type: "content", delta: rest };
      }
      yield event;
      continue;
    }
    held += event.delta;
    if (state === "start" && MAY_OPEN.test(held)) continue;
    if (state === "start" && OPENING.test(held)) {
      state = "fenced";
      held = held.replace(OPENING, "");
      yield { type: "repair", description: "took the answer out of a Markdown fence" };
    } else if (state === "start") state = "plain";
    const safe = state === "fenced" ? held.slice(0, MAY_CLOSE.exec(held)?.index) : held;
    held = held.slice(safe.length);
    if (safe !== "") yield { type: "content", delta: safe };
  }
}
