/** Kinds of verifiable instruction, as data: what each asks, how it is checked, and how one notes it for oneself. */

import type { Constraint } from "../rewards/constraints.js";

export type Instruction =
  | { kind: "words"; count: number }
  | { kind: "name"; name: string }
  | { kind: "case"; upper: boolean }
  | { kind: "separator"; separator: "comma" | "line" | "dash" }
  | { kind: "wrap"; wrap: "brackets" | "quotes" | "stars" }
  | { kind: "without"; letter: string }
  | { kind: "length"; least: number }
  | { kind: "sorted" }
  | { kind: "script"; script: "Greek" };

/** Runs of letters. */
export function wordsOf(text: string): string[] {
  return text.match(/\p{L}[\p{L}\p{M}']*/gu) ?? [];
}

const WRAPS = {
  brackets: ["in square brackets", /^\[[^[\]]*\]$/s],
  quotes: ["in double quotes", /^"[^"]*"$/s],
  stars: ["between two stars", /^\*[^*]*\*$/s],
} as const;
const SEPARATORS = {
  comma: ["with commas between", ","],
  line: ["one on each line", "\n"],
  dash: ["with dashes between", "-"],
} as const;

/** Outside of words stands only what one rule or another asks for. */
const bare = (text: string): string => text.replace(/^[["*]|[\]"*]$/g, "");

export function instructionConstraint(instruction: Instruction): Constraint {
  const words = (check: (words: string[]) => boolean) => (text: string) => check(wordsOf(text));
  switch (instruction.kind) {
    case "words":
      return {
        criterion: `exactly ${instruction.count} words`,
        check: words(({ length }) => length === instruction.count),
      };
    case "name": {
      const name = instruction.name.toLowerCase();
      return {
        criterion: `one of them ${instruction.name}`,
        check: words((all) => all.some((word) => word.toLowerCase() === name)),
      };
    }
    case "case": {
      const cased = (word: string) => (instruction.upper ? word === word.toUpperCase() : word === word.toLowerCase());
      return {
        criterion: instruction.upper ? "in upper case" : "in lower case",
        check: words((all) => all.every(cased)),
      };
    }
    case "separator": {
      const [criterion, sign] = SEPARATORS[instruction.separator];
      return {
        criterion,
        check: (text) =>
          bare(text)
            .split(sign)
            .every((part) => wordsOf(part).length === 1),
      };
    }
    case "wrap": {
      const [criterion, pattern] = WRAPS[instruction.wrap];
      return { criterion, check: (text) => pattern.test(text) };
    }
    case "without": {
      const { letter } = instruction;
      return { criterion: `without the letter ${letter}`, check: (text) => !text.toLowerCase().includes(letter) };
    }
    case "length":
      return {
        criterion: `each of at least ${instruction.least} letters`,
        check: words((all) => all.every((word) => [...word].length >= instruction.least)),
      };
    case "sorted":
      return {
        criterion: "in alphabetical order",
        check: words((all) => all.every((word, i) => i === 0 || all[i - 1]!.toLowerCase() <= word.toLowerCase())),
      };
    case "script":
      return {
        criterion: "in Greek letters",
        check: words(
          (all) => all.length > 0 && all.every((word) => /^\p{Script=Greek}+$/u.test(word.normalize("NFC"))),
        ),
      };
  }
}

export function instructionNote(instruction: Instruction): string {
  switch (instruction.kind) {
    case "words":
      return `${instruction.count} words`;
    case "name":
      return instruction.name;
    case "case":
      return instruction.upper ? "upper" : "lower";
    case "separator":
      return instruction.separator;
    case "wrap":
      return instruction.wrap;
    case "without":
      return `no ${instruction.letter}`;
    case "length":
      return `letters ${instruction.least}`;
    case "sorted":
      return "sorted";
    case "script":
      return instruction.script;
  }
}
