/** Math equality: whether an answer is the gold answer, however it is written. Never guessed: what is not sure is `cannot tell`. */

import { cleanAnswer } from "./clean.js";
import { compareAnswers } from "./compare-answers.js";
import { Budget, CannotTell } from "./limits.js";
import { type Ambiguity, parseAnswer, type Reading } from "./parse-answer.js";
import type { Answer } from "./syntax.js";
import { agreed, attempt, differentBecause, equalBecause, type Outcome, unknownBecause } from "./verdict.js";

/**
 * Compares by exact rationals; algebraic numbers and constants by intervals, to 60 digits relatively; variables at seeded points;
 * sets, tuples, intervals, units, choices and words by their kinds. Both may be LaTeX or plain text, boxed or not, and are read
 * whole. Takes bounded time on any text.
 *
 * @returns `different` only where both were understood
 */
export function mathVerdict(gold: string, answer: string): Outcome {
  const empty = [gold, answer].map((text) => text.trim() === "");
  if (empty[0] && empty[1]) return unknownBecause("both are empty");
  if (empty[0] || empty[1]) return differentBecause("one of them is empty");
  return attempt(() => compareTexts(cleaned("gold", gold), cleaned("answer", answer)));
}

function cleaned(which: string, text: string): string {
  try {
    return cleanAnswer(text);
  } catch (error) {
    if (error instanceof CannotTell) throw new CannotTell(`the ${which} is not understood: ${error.message}`);
    throw error;
  }
}

function compareTexts(gold: string, answer: string): Outcome {
  if (unspaced(gold) === unspaced(answer)) return equalBecause("they are written alike");
  const found = new Set<`${"gold" | "answer"} ${Ambiguity}`>();
  const plain: Reading = { tightSlash: false, decimalLog: false, letterUnits: false };
  const first = [read("gold", gold, plain, found), read("answer", answer, plain, found)] as const;
  const units = [hasUnit(first[0]), hasUnit(first[1])];
  const budget = new Budget();
  const outcomes: Outcome[] = [];
  const has = (which: "gold" | "answer", what: Ambiguity) => found.has(`${which} ${what}`);
  for (const decimalLog of has("gold", "log") || has("answer", "log") ? [false, true] : [false])
    for (const goldSlash of has("gold", "slash") ? [false, true] : [false])
      for (const answerSlash of has("answer", "slash") ? [false, true] : [false]) {
        const a = read("gold", gold, { decimalLog, tightSlash: goldSlash, letterUnits: units[1]! }, found);
        const b = read("answer", answer, { decimalLog, tightSlash: answerSlash, letterUnits: units[0]! }, found);
        outcomes.push(attempt(() => compareAnswers(a, b, budget)));
      }
  return agreed(outcomes, "it can be read in two ways");
}

/** Spaces between digits and letters mean something: `1 2/3` is not `12/3`. */
const unspaced = (text: string): string => text.replace(/(?<![\w.])\s+|\s+(?![\w.])/g, "");

function read(which: "gold" | "answer", text: string, reading: Reading, found: Set<string>): Answer {
  try {
    return parseAnswer(text, reading, (what) => found.add(`${which} ${what}`));
  } catch (error) {
    if (error instanceof CannotTell) throw new CannotTell(`the ${which} is not understood: ${error.message}`);
    throw error;
  }
}

const hasUnit = (answer: Answer): boolean => answer.kind === "value" && answer.unit !== undefined;

/** Whether a text is read as mathematics, or at least has some: not so prose and nothing. */
export function isMathematics(text: string): boolean {
  try {
    const plain: Reading = { tightSlash: false, decimalLog: false, letterUnits: false };
    const { kind } = parseAnswer(cleanAnswer(text), plain, () => {});
    return kind !== "words" || /[\d\\=^]/.test(text);
  } catch (error) {
    if (error instanceof CannotTell) return /[\d\\=^]/.test(text);
    throw error;
  }
}
