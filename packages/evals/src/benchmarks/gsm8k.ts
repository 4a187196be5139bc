import { textField } from "../data/read-rows.js";
import { finalAnswers } from "../kinds/final-answers.js";

/** Cobbe et al. 2021. The number behind `####`. */
export const gsm8k = finalAnswers({
  name: "gsm8k",
  description: "grade-school word problems, test split (1,319)",
  licence: "MIT",
  bundled: "gsm8k.jsonl.gz",
  where: "github.com/openai/grade-school-math",
  expects: '{"question": "...", "answer": "... #### 18"}',
  read(row, expects) {
    const answer = textField(row, ["answer"], expects);
    return { problem: textField(row, ["question", "problem"], expects), answer: answer.split("####").at(-1)!.trim() };
  },
});
