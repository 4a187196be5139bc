/** Knights and knaves: knights tell the truth, knaves lie; who is what? Exactly one assignment fits. */

import type { Draw } from "@cachalot/tensor";
import { defineTaskset } from "../define-taskset.js";
import { correct } from "../rewards/correct.js";
import type { Style } from "../taskset.js";
import { drawStatement, holds, type Statement, statementText } from "./knight-statements.js";

interface Island {
  people: string[];
  /** What each says, in the order of the people. */
  statements: Statement[];
  /** Whether each is a knight. */
  knights: boolean[];
}

/** [people, whether statements are about several of them] by level. */
const LEVELS = [
  [2, false],
  [2, true],
  [3, false],
  [3, true],
  [4, true],
  [5, true],
  [6, true],
] as const;

const LETTERS = [..."ABCDEFGHJKLMNPQRSTUVWXYZ"];

export const knightsKnaves = defineTaskset<Island>({
  name: "knights-knaves",
  domain: "logic",
  description: "find out who tells the truth and who lies",
  levels: LEVELS.length,
  problem(draw, level) {
    const data = drawIsland(draw, level);
    const { people, statements } = data;
    const said = people.map((name, i) => `${name} says: ${statementText(statements[i]!, people)}.`).join(" ");
    const form = `Answer like: ${people[0]} knight, ${people[1]} knave.`;
    const wordings = [
      `Knights tell the truth, knaves lie. ${said} Who is what? ${form}`,
      `A knight never lies, a knave always does. ${said} Who is what? ${form}`,
    ];
    return { key: said, prompt: draw.one(wordings), data };
  },
  rubric: [correct((answer, data) => sameIsland(answer, data))],
  solve: (data, style) => ({ reasoning: cases(data, style), answer: answerOf(data) }),
  spoil: (_, data) => answerOf({ ...data, knights: data.knights.map((knight) => !knight) }),
});

function drawIsland(draw: Draw, level: number): Island {
  const [count, several] = LEVELS[level]!;
  const people = draw.some(LETTERS, count).sort();
  for (;;) {
    const statements = people.map((_, speaker) => drawStatement(draw, { count, speaker, several }));
    const fitting = [...assignments(count)].filter((knights) => liarOf(statements, knights) === undefined);
    if (fitting.length === 1) return { people, statements, knights: fitting[0]! };
  }
}

/** All, those with more knights among the first people first. */
function* assignments(count: number): Generator<boolean[]> {
  for (let bits = 2 ** count - 1; bits >= 0; bits--)
    yield Array.from({ length: count }, (_, i) => ((bits >> (count - 1 - i)) & 1) === 1);
}

/** The first person who would say what he cannot. */
function liarOf(statements: readonly Statement[], knights: readonly boolean[]): number | undefined {
  const liar = statements.findIndex((statement, i) => holds(statement, knights) !== knights[i]);
  return liar === -1 ? undefined : liar;
}

function answerOf({ people, knights }: Island): string {
  return people.map((name, i) => `${name} ${knights[i] ? "knight" : "knave"}`).join(", ");
}

/** In any order, each person once. */
function sameIsland(answer: string, data: Island): boolean {
  const parts = (text: string) =>
    text
      .replace(/\.$/, "")
      .split(/\s*,\s*/)
      .map((part) => part.trim().replace(/\s+/g, " "));
  return parts(answer).sort().join() === parts(answerOf(data)).sort().join();
}

/** A line for each assignment, 1 a knight: `A1 B0: A0 no` where what A says were false. Terse: only the one that fits. */
function cases({ people, statements }: Island, style: Style): string {
  const lines: string[] = [];
  for (const knights of assignments(people.length)) {
    const liar = liarOf(statements, knights);
    const shown = people.map((name, i) => `${name}${Number(knights[i])}`).join(" ");
    const told = people
      .slice(0, (liar ?? people.length) + 1)
      .map((name, i) => `${name}${Number(holds(statements[i]!, knights))}`);
    if (style !== "terse" || liar === undefined)
      lines.push(`${shown}: ${told.join(" ")} ${liar === undefined ? "yes" : "no"}`);
    if (style !== "checked" && liar === undefined) break;
  }
  return lines.join("\n");
}
