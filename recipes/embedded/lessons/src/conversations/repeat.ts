import type { Draw } from "@cachalot/training";
import { drawProblem } from "./calculator.js";
import { drawNumber } from "./problems.js";
import { answer, type MakeTurn } from "./turn.js";

function material(draw: Draw, heldOut: boolean, words: readonly string[]): string {
  switch (
    draw.weighted([
      ["number", 4],
      ["numbers", 3],
      ["expression", 4],
      ["words", 2],
    ])
  ) {
    case "number":
      return drawNumber(draw, 0.2).text + (draw.chance(0.4) ? String(draw.integer(10, 9999)) : "");
    case "numbers":
      return Array.from({ length: draw.integer(2, 4) }, () => drawNumber(draw, 0.1).text).join(", ");
    case "expression":
      return drawProblem(draw, heldOut).expression.text;
    default:
      return Array.from({ length: draw.integer(2, 6) }, () => draw.one(words)).join(" ");
  }
}

/** Exact copying: the skill behind writing a user's numbers into a tool call. */
export function repeatTurn(words: readonly string[]): MakeTurn {
  return ({ draw, heldOut }) => {
    const text = material(draw, heldOut, words);
    const user = draw.one([
      `Repeat: ${text}`,
      `Say ${text}`,
      `Repeat after me: ${text}`,
      `Please repeat "${text}"`,
      `Write ${text} again`,
    ]);
    return answer(user, `The user wants me to repeat ${text}.`, text);
  };
}
