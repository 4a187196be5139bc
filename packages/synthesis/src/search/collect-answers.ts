/** Answer generation: every answerer answers once; equal answers are one candidate. */

import type { Draw } from "@cachalot/tensor";
import type { Answerer, AskedQuestion } from "./answerers/answerer.js";
import type { SearchDesk } from "./search-tools.js";
import type { Candidate } from "./verify/sample.js";

export async function collectAnswers(
  question: AskedQuestion,
  answerers: readonly Answerer[],
  desk: SearchDesk,
  draw: Draw,
): Promise<Candidate[]> {
  const candidates = new Map<string, string[]>();
  for (const { name, answer } of answerers) {
    const id = await answer(question, desk.tools(), draw);
    if (id !== undefined) candidates.set(id, [...(candidates.get(id) ?? []), name]);
  }
  return [...candidates].map(([id, by]) => ({ id, by }));
}
