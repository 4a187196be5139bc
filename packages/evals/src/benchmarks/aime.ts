import { finalAnswers } from "../kinds/final-answers.js";

/** Statements of the Mathematical Association of America: not ours to spread. */
export const aime = finalAnswers({
  name: "aime",
  description: "AIME of any year: whole numbers from 0 to 999",
  licence: "the organisers'",
  where: "the contest's page, or github.com/eth-sri/matharena",
});
