import type { Draw } from "@cachalot/training";
import { answer, type MakeTurn } from "./turn.js";

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";
const CODE = `${LETTERS}${DIGITS} +-*/()=,.:`;

const characters = (draw: Draw, from: string, length: number): string =>
  Array.from({ length }, () => draw.one([...from])).join("");

function words(draw: Draw, from: readonly string[]): string {
  return Array.from({ length: draw.integer(1, 12) }, () => draw.one(from)).join(" ");
}

function numbers(draw: Draw): string {
  return Array.from({ length: draw.integer(1, 8) }, () => characters(draw, DIGITS, draw.integer(1, 6))).join(" ");
}

/** Text that nothing but its own earlier occurrence predicts. */
function span(draw: Draw, from: readonly string[]): string {
  const make = draw.weighted([
    [() => words(draw, from), 8],
    [() => numbers(draw), 6],
    [() => characters(draw, LETTERS, draw.integer(3, 20)), 3],
    [() => characters(draw, CODE, draw.integer(5, 40)).trim() || "a", 3],
  ]);
  return make();
}

const backwards = (text: string): string => [...text].reverse().join("");

/**
 * Copying of random spans, forwards, backwards and letter by letter: what a small model needs induction heads for, and does not form
 * them on text alone. Digits are turned round in long addition, a line of a file goes into a call, an answer stands on a page.
 */
export function copyTurn(vocabulary: readonly string[]): MakeTurn {
  return ({ draw }) => {
    const [text, user, result] = draw.weighted([
      [repeated, 6],
      [reversed, 3],
      [spelled, 1],
    ])(draw, vocabulary);
    return answer(user, `${text}\n${result}`, result);
  };
}

type Copy = (draw: Draw, from: readonly string[]) => readonly [text: string, user: string, result: string];

const repeated: Copy = (draw, from) => {
  const text = span(draw, from);
  const ask = draw.one(["Copy:", "Repeat:", "Repeat after me:", "Write this again:", "Say"]);
  return [text, `${ask} ${text}`, text];
};

const reversed: Copy = (draw) => {
  const text = characters(draw, draw.one([DIGITS, DIGITS, LETTERS]), draw.integer(1, 8));
  return [text, `${draw.one(["Backwards:", "Write backwards:"])} ${text}`, backwards(text)];
};

const spelled: Copy = (draw, from) => {
  const word = draw.one(from);
  return [word, `${draw.one(["Spell", "Letter by letter:"])} ${word}`, [...word].join(" ")];
};
