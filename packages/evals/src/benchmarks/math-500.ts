import { finalAnswers } from "../kinds/final-answers.js";

/** Lightman et al. 2023: 500 test problems of Hendrycks' MATH. */
export const math500 = finalAnswers({
  name: "math-500",
  description: "competition mathematics (500)",
  licence: "MIT",
  bundled: "math500.jsonl.gz",
  where: "github.com/openai/prm800k",
});
