/** Sudoku by elimination, 4x4 and for large models 9x9: a blank takes the one digit that its row, column and box leave. */

import type { Draw } from "@cachalot/tensor";
import { defineTaskset } from "../define-taskset.js";
import { correct } from "../rewards/correct.js";
import type { Style } from "../taskset.js";
import { candidates, drawFull, type Grid, isSolution, parseGrid, rowsOf, seen } from "./sudoku-grid.js";

interface Sudoku {
  /** 0 is blank. */
  puzzle: Grid;
  solution: Grid;
}

/** [size, fewest blanks, most] by level. */
const LEVELS = [
  [4, 1, 2],
  [4, 3, 4],
  [4, 5, 6],
  [4, 7, 8],
  [4, 9, 10],
  [9, 20, 25],
  [9, 35, 45],
] as const;

export const sudoku = defineTaskset<Sudoku>({
  name: "sudoku",
  domain: "logic",
  description: "fill the blanks of a 4x4 sudoku, on the last levels of a 9x9 one",
  levels: LEVELS.length,
  problem(draw, level) {
    const data = drawSudoku(draw, level);
    const { size } = data.puzzle;
    const rows = rowsOf(data.puzzle).join("\n");
    const wordings = [
      `Solve this ${size}x${size} sudoku, 0 is blank. Answer with the rows only.\n${rows}`,
      `${rows}\nFill the blanks (0) of this ${size}x${size} sudoku. Answer with the rows only.`,
    ];
    return { key: rowsOf(data.puzzle).join("/"), prompt: draw.one(wordings), data };
  },
  rubric: [correct(solves)],
  solve: (data, style) => ({ reasoning: eliminate(data, style), answer: rowsOf(data.solution).join("\n") }),
});

/** Any grid that keeps the rules and what was given. */
function solves(answer: string, { puzzle }: Sudoku): boolean {
  const grid = parseGrid(answer, puzzle.size);
  return (
    grid !== undefined && isSolution(grid) && puzzle.cells.every((cell, i) => cell === 0 || cell === grid.cells[i])
  );
}

/** Takes digits out as long as what is left can be solved by elimination. */
function drawSudoku(draw: Draw, level: number): Sudoku {
  const [size, fewest, most] = LEVELS[level]!;
  for (;;) {
    const solution = drawFull(draw, size);
    const cells = [...solution.cells];
    let blanks = draw.integer(fewest, most);
    for (const cell of draw.shuffled(cells.map((_, i) => i))) {
      if (blanks === 0) break;
      const digit = cells[cell]!;
      cells[cell] = 0;
      if (order({ ...solution, cells })) blanks--;
      else cells[cell] = digit;
    }
    if (blanks === 0) return { puzzle: { ...solution, cells }, solution };
  }
}

/** Blanks in an order in which each has one candidate. */
function order(puzzle: Grid): number[] | undefined {
  const grid = { ...puzzle, cells: [...puzzle.cells] };
  const found: number[] = [];
  let blanks = grid.cells.flatMap((digit, cell) => (digit === 0 ? [cell] : []));
  while (blanks.length > 0) {
    const single = blanks.find((cell) => candidates(grid, cell).length === 1);
    if (single === undefined) return undefined;
    grid.cells[single] = candidates(grid, single)[0]!;
    found.push(single);
    blanks = blanks.filter((cell) => cell !== single);
  }
  return found;
}

/** `r1c2 row 134 col 413 box 13 is 2`, a line a blank; checked, the columns at the end. */
function eliminate({ puzzle, solution }: Sudoku, style: Style): string {
  const { size } = puzzle;
  const grid = { ...puzzle, cells: [...puzzle.cells] };
  const lines = order(puzzle)!.map((cell) => {
    const place = `r${Math.floor(cell / size) + 1}c${(cell % size) + 1}`;
    const { row, column, box } = seen(grid, cell);
    const digit = solution.cells[cell]!;
    grid.cells[cell] = digit;
    return style === "terse"
      ? `${place} ${digit}`
      : `${place} row ${row.join("")} col ${column.join("")} box ${box.join("")} is ${digit}`;
  });
  if (style !== "checked") return lines.join("\n");
  const columns = Array.from({ length: size }, (_, i) =>
    rowsOf(solution)
      .map((row) => row[i])
      .join(""),
  );
  return [...lines, `columns ${columns.join(" ")} ok`].join("\n");
}
