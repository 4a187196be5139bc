import type { Tensor } from "@cachalot/tensor";

/** Copies `count` rows (of the first dimension) of one tensor over rows of another, on their device. */
export function copyRows(from: Tensor, start: number, to: Tensor, at: number, count: number): void {
  const [source, target] = [from.rows(start, count), to.rows(at, count)];
  from.device.copy(source, target);
  source.dispose();
  target.dispose();
}

/** Calls `copy` for every run of numbers that follow one another: its first number, its place in the list, its length. */
export function eachRun(numbers: readonly number[], copy: (first: number, at: number, count: number) => void): void {
  for (let at = 0; at < numbers.length; ) {
    let count = 1;
    while (numbers[at + count] === numbers[at]! + count) count++;
    copy(numbers[at]!, at, count);
    at += count;
  }
}
