import { finalAnswers } from "../kinds/final-answers.js";

/** Statements of the Harvard-MIT Mathematics Tournament: not ours to spread. */
export const hmmt = finalAnswers({
  name: "hmmt",
  description: "HMMT of any year: short answers",
  licence: "the organisers'",
  where: "hmmt.org, or github.com/eth-sri/matharena",
});
