import { finalAnswers } from "../kinds/final-answers.js";

/** Anyone's set. */
export const anyFinalAnswers = finalAnswers({
  name: "final-answers",
  description: "any set of problems with final answers, by --data",
  licence: "the file's",
  where: "a file of your own",
});
