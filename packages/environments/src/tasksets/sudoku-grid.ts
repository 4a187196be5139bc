import type { Draw } from "@cachalot/tensor";

/** A sudoku grid: `size * size` digits row by row, 0 for blanks; boxes are square, so sizes are 4 and 9. */
export interface Grid {
  size: number;
  cells: number[];
}

export const rowsOf = ({ size, cells }: Grid): string[] =>
  Array.from({ length: size }, (_, row) => cells.slice(row * size, (row + 1) * size).join(""));

/** Reads rows of digits, with or without spaces in them. @returns undefined where it is no grid of that size */
export function parseGrid(text: string, size: number): Grid | undefined {
  const digits = text.replace(/\s+/g, "");
  return /^\d+$/.test(digits) && digits.length === size * size ? { size, cells: [...digits].map(Number) } : undefined;
}

/** Digits in the row, column and box of a cell. */
export function seen({ size, cells }: Grid, cell: number): { row: number[]; column: number[]; box: number[] } {
  const side = Math.sqrt(size);
  const [y, x] = [Math.floor(cell / size), cell % size];
  const places = Array.from({ length: size }, (_, i) => i);
  const [top, left] = [y - (y % side), x - (x % side)];
  const digitsAt = (at: readonly number[]) => at.map((place) => cells[place]!).filter((digit) => digit !== 0);
  return {
    row: digitsAt(places.map((i) => y * size + i)),
    column: digitsAt(places.map((i) => i * size + x)),
    box: digitsAt(places.map((i) => (top + Math.floor(i / side)) * size + left + (i % side))),
  };
}

/** Digits that a blank may take. */
export function candidates(grid: Grid, cell: number): number[] {
  const { row, column, box } = seen(grid, cell);
  const taken = new Set([...row, ...column, ...box]);
  return Array.from({ length: grid.size }, (_, i) => i + 1).filter((digit) => !taken.has(digit));
}

/** Every row, column and box has every digit. */
export function isSolution(grid: Grid): boolean {
  const whole = (digits: readonly number[]) => new Set(digits).size === grid.size;
  return grid.cells.every((digit, cell) => {
    const { row, column, box } = seen(grid, cell);
    return digit >= 1 && digit <= grid.size && whole(row) && whole(column) && whole(box);
  });
}

/** A full grid by backtracking, digits in a drawn order. */
export function drawFull(draw: Draw, size: number): Grid {
  const grid: Grid = { size, cells: Array.from({ length: size * size }, () => 0) };
  const fill = (cell: number): boolean => {
    if (cell === size * size) return true;
    for (const digit of draw.shuffled(candidates(grid, cell))) {
      grid.cells[cell] = digit;
      if (fill(cell + 1)) return true;
      grid.cells[cell] = 0;
    }
    return false;
  };
  fill(0);
  return grid;
}
