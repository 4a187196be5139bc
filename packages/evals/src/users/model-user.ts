/** Simulated user: a model that plays a scenario, with tools of its own, and ends the conversation by a word of its own. */

import { historyMessage, parseObject } from "@cachalot/agent";
import { type ChatMessage, type ChatModel, collectMessage, type ToolCall } from "@cachalot/chat";
import { behindThinking } from "../answer/behind-thinking.js";
import type { Hands, User } from "./user.js";

/** As tau2-bench's users say that they are done, were handed over, or do not know on. */
const ENDS = ["###STOP###", "###TRANSFER###", "###OUT-OF-SCOPE###"] as const;

const RULES = `You are a customer who writes to a customer service agent. Play the scenario below; never leave your part.
- Write one short message at a time, in your own words, as people do.
- Tell only what the scenario says, and only when it is asked for or needed. What it does not say you do not know.
- Never do the agent's work, and never make anything up.
- Once all that you came for is done or refused for good, write ${ENDS[0]} and nothing else.
- If you are handed over to another agent, write ${ENDS[1]} and nothing else.
- If the scenario does not say how to go on, write ${ENDS[2]} and nothing else.`;
const HANDS = `
- Your tools are what you can do and see where you are. Call them when the agent asks you to do or check something; do nothing unasked.
- Of what they concern tell only what they showed you. The agent does not see it.`;

/** Calls in one turn; then it has to say something. */
const MOST_CALLS = 10;

export interface ModelUserOptions {
  model: ChatModel;
  scenario: string;
  seed: number;
  hands?: Hands;
  /** Of one message. */
  maxTokens?: number;
}

/** @throws (from `next`) what the model throws */
export function modelUser({ model, scenario, seed, hands, maxTokens = 512 }: ModelUserOptions): User {
  const tools = hands?.tools.length ? [...hands.tools] : undefined;
  const system = `${RULES}${tools ? HANDS : ""}\n\nScenario:\n${scenario}`;
  /** Calls and results before each of its messages. */
  const done: ChatMessage[][] = [];
  return {
    async next(messages) {
      const own: ChatMessage[] = [];
      done.push(own);
      const past = fromTheOtherSide(messages, done);
      for (let calls = 0; ; ) {
        const { message, finishReason } = await collectMessage(
          model.generate({
            messages: [{ role: "system", content: system }, ...past, ...own],
            ...{ thinkingMode: "chat", temperature: 0, seed, maxTokens },
            ...(tools && calls < MOST_CALLS && { tools }),
          }),
        );
        const kept = historyMessage(message, finishReason);
        if (hands && tools && kept?.tool_calls?.length && calls < MOST_CALLS) {
          calls += kept.tool_calls.length;
          own.push(kept, ...resultsOf(message.tool_calls!, hands));
          continue;
        }
        const said = behindThinking(message.content ?? "")?.trim() ?? "";
        return said === "" || ENDS.some((end) => said.includes(end)) ? undefined : said;
      }
    },
  };
}

const resultsOf = (calls: readonly ToolCall[], hands: Hands): ChatMessage[] =>
  calls.map(({ id, function: { name, arguments: text } }) => {
    const args = parseObject(text || "{}");
    const content = args ? hands.call(name, args) : "Error: the arguments are no JSON object";
    return { role: "tool", content, ...(id !== undefined && { tool_call_id: id }) };
  });

/** What the agent says to the user is what the user reads; the agent's tools and their results are none of it. */
function fromTheOtherSide(messages: readonly ChatMessage[], done: readonly ChatMessage[][]): ChatMessage[] {
  let turns = 0;
  return messages.flatMap((message): ChatMessage[] => {
    const { role, content } = message;
    if (!content) return [];
    if (role === "user") return [...(done[turns++] ?? []), { role: "assistant", content }];
    return role === "assistant" && !message.tool_calls?.length
      ? [{ role: "user", content: behindThinking(content) ?? "" }]
      : [];
  });
}
