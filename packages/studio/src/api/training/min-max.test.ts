import { expect, test } from "vitest";
import { MinMaxSeries } from "./min-max.js";

test("a short series comes back as it is", () => {
  const series = new MinMaxSeries();
  for (const [x, y] of [
    [1, 3],
    [2, 1],
    [3, 2],
  ] as const)
    series.add(x, y);
  expect(series.points(10)).toEqual({ x: [1, 2, 3], y: [3, 1, 2] });
  expect(series.last).toBe(2);
});

test("of many values every peak is kept, in order, in few points", () => {
  const series = new MinMaxSeries();
  for (let x = 0; x < 200_000; x++) series.add(x, x === 23_456 ? -9 : x === 177_777 ? 9 : Math.sin(x / 1000));
  const { x, y } = series.points(500);
  expect(x.length).toBeLessThanOrEqual(1000);
  expect(y[x.indexOf(23_456)]).toBe(-9);
  expect(y[x.indexOf(177_777)]).toBe(9);
  expect(x).toEqual([...x].sort((a, b) => a - b));
  expect(x.at(-1)).toBeGreaterThan(195_000);
});
