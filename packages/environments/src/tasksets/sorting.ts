/** Sorting by selection: the next number, then what is left. */

import type { Draw } from "@cachalot/tensor";
import { defineTaskset } from "../define-taskset.js";
import { exactAnswer } from "../rewards/exact-answer.js";
import type { Style } from "../taskset.js";

interface Sorting {
  numbers: number[];
  descending: boolean;
}

/** [fewest numbers, most numbers, digits each has at most, whether the order may be descending] by level. */
const LEVELS = [
  [3, 4, 1, false],
  [5, 6, 1, true],
  [7, 9, 1, true],
  [7, 9, 2, true],
  [10, 14, 3, true],
  [24, 32, 4, true],
] as const;

const WORDINGS = [
  (list: string, order: string) => `Sort ${list} in ${order} order. Answer with the numbers only.`,
  (list: string, order: string) => `Put ${list} in ${order} order. Answer with the numbers only.`,
  (list: string, order: string) => `Numbers: ${list}. Write only the numbers, in ${order} order.`,
];

export const sorting = defineTaskset<Sorting>({
  name: "sorting",
  domain: "logic",
  description: "sort numbers, ascending or descending",
  levels: LEVELS.length,
  problem(draw, level) {
    const data = drawSorting(draw, level);
    const order = data.descending ? "descending" : "ascending";
    const list = data.numbers.join(" ");
    return { key: `${order} ${list}`, prompt: draw.one(WORDINGS)(list, order), data };
  },
  rubric: [exactAnswer((data) => sorted(data).join(" "))],
  solve: (data, style) => ({ reasoning: selection(data, style), answer: sorted(data).join(" ") }),
});

function drawSorting(draw: Draw, level: number): Sorting {
  const [fewest, most, digits, bothWays] = LEVELS[level]!;
  const length = draw.integer(fewest, most);
  const numbers = Array.from({ length }, () => draw.integer(0, 10 ** digits - 1));
  return { numbers, descending: bothWays && draw.chance(0.3) };
}

function sorted({ numbers, descending }: Sorting): number[] {
  return numbers.toSorted((a, b) => (descending ? b - a : a - b));
}

/** `1 left 3 4 2`, a line a number; checked, neighbours are compared, too. */
function selection(data: Sorting, style: Style): string {
  const order = sorted(data);
  if (style === "terse") return order.join(" ");
  const left = [...data.numbers];
  const lines = order.map((number) => {
    left.splice(left.indexOf(number), 1);
    return left.length > 0 ? `${number} left ${left.join(" ")}` : `${number}`;
  });
  if (style === "stepwise") return lines.join("\n");
  return [...lines, `check ${order.join(data.descending ? ">" : "<")} count ${order.length}`].join("\n");
}
