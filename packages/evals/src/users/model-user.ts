/** Simulated user: a model that plays a scenario, and ends the conversation by a word of its own. */

import { type ChatMessage, type ChatModel, collectMessage } from "@cachalot/chat";
import { behindThinking } from "../answer/behind-thinking.js";
import type { User } from "./user.js";

/** As tau2-bench's users say that they are done, were handed over, or do not know on. */
const ENDS = ["###STOP###", "###TRANSFER###", "###OUT-OF-SCOPE###"] as const;

const RULES = `You are a customer who writes to a customer service agent. Play the scenario below; never leave your part.
- Write one short message at a time, in your own words, as people do.
- Tell only what the scenario says, and only when it is asked for or needed. What it does not say you do not know.
- Never do the agent's work, and never make anything up.
- Once all that you came for is done or refused for good, write ${ENDS[0]} and nothing else.
- If you are handed over to another agent, write ${ENDS[1]} and nothing else.
- If the scenario does not say how to go on, write ${ENDS[2]} and nothing else.`;

export interface ModelUserOptions {
  model: ChatModel;
  scenario: string;
  seed: number;
  /** Of one message. */
  maxTokens?: number;
}

/** @throws (from `next`) what the model throws */
export function modelUser({ model, scenario, seed, maxTokens = 512 }: ModelUserOptions): User {
  return {
    async next(messages) {
      const { message } = await collectMessage(
        model.generate({
          messages: [{ role: "system", content: `${RULES}\n\nScenario:\n${scenario}` }, ...fromTheOtherSide(messages)],
          ...{ thinkingMode: "chat", temperature: 0, seed, maxTokens },
        }),
      );
      const said = behindThinking(message.content ?? "")?.trim() ?? "";
      return said === "" || ENDS.some((end) => said.includes(end)) ? undefined : said;
    },
  };
}

/** What the agent says to the user is what the user reads; tools and their results are none of it. */
function fromTheOtherSide(messages: readonly ChatMessage[]): ChatMessage[] {
  return messages.flatMap((message): ChatMessage[] => {
    const { role, content } = message;
    if (!content) return [];
    if (role === "user") return [{ role: "assistant", content }];
    return role === "assistant" && !message.tool_calls?.length
      ? [{ role: "user", content: behindThinking(content) ?? "" }]
      : [];
  });
}
