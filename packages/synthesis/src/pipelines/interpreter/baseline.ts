/** No-tool baseline: answers that need no execution. A task that one of them solves is left out. */

import type { ChatModel } from "@cachalot/chat";
import type { CodeProblem } from "./generator.js";

/** What a scripted reader would say who does not compute: numbers of the text, small ones, and the generator's own guesses. */
export function scriptedGuesses({ prompt, guesses }: CodeProblem): string[] {
  const written = prompt.match(/-?\d+(\.\d+)?/g) ?? [];
  return [...new Set([...written, ...guesses.map(String), ...["0", "1", "2", "-1", "3", "4", "10", "100"]])];
}

/** A model's answer to the problem, asked without tools; what it paid. */
export async function modelGuess(
  model: ChatModel,
  prompt: string,
  signal: AbortSignal,
): Promise<{ answer: string; tokens: number }> {
  let [answer, tokens] = ["", 0];
  const messages = [{ role: "user" as const, content: `${prompt}\n\nSay only the answer.` }];
  for await (const event of model.generate({ messages, temperature: 0, maxTokens: 512, signal })) {
    if (event.type === "content") answer += event.delta;
    if (event.type === "usage") tokens += event.usage.completionTokens;
  }
  return { answer: answer.trim().split("\n").at(-1)!.trim(), tokens };
}
