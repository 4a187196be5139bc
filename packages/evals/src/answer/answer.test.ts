import { expect, test } from "vitest";
import { behindThinking } from "./behind-thinking.js";
import { finalAnswer } from "./final-answer.js";

test.each([
  ["So \\boxed{1}. No: \\boxed{\\frac{1}{2}}.", "\\frac{1}{2}"],
  ["\\boxed{2} and \\boxed{3}", "2, 3"],
  ["First \\boxed{2}, then we see that \\boxed{3}", "3"],
  ["9 + 9 = 18\n#### 18", "18"],
  ["The answer is 18.", "18"],
  ["**Final answer:** $x = 3$", "$x = 3$"],
  ["42", "42"],
  ["", undefined],
  ["I think that there are many ways to go on from here.\nWe could try some.", undefined],
  ["\\boxed{never ends", "\\boxed{never ends"],
])("the final answer of %j is %j", (text, answer) => {
  expect(finalAnswer(text)).toBe(answer);
});

test.each([
  ["5", "5"],
  ["<think>\\boxed{4}</think> 5", "5"],
  ["maybe 4</think>\n5 ", "5"],
  ["<think>\\boxed{4}", undefined],
])("behind the thinking of %j stands %j", (content, answer) => {
  expect(behindThinking(content)).toBe(answer);
});
