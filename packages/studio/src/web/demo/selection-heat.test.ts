import { expect, test } from "vitest";
import { selectionHeat } from "./selection-heat.js";

const generated = (shape: [number, number, number], rows: number[][], start = 0) => ({
  promptIds: [7, 8, 9],
  ids: [1, 2],
  logprobs: [0, 0],
  rawLogprobs: [0, 0],
  versions: [0, 0],
  selection: { data: Int32Array.from(rows.flat()), shape, start },
});

test("heat counts the layers that selected a position; a layer without a list attends to all", () => {
  // Rows 2 and 3 (the last prompt token, the first answer token) in two layers of at most two positions.
  const none = [-1, -1];
  const tokens = generated([4, 2, 2], [none, none, none, none, none, [0, 2], [1, 3], [0, -1]]);
  expect(selectionHeat(tokens, 0)).toEqual({ layersAt: Uint8Array.of(2, 1, 2), layers: 2, k: 2, selected: [3, 2] });
  expect(selectionHeat(tokens, 1)).toEqual({ layersAt: Uint8Array.of(1, 1, 0, 1), layers: 2, k: 2, selected: [2, 1] });
});

test("nothing is made up for a token that was not recorded", () => {
  expect(selectionHeat(generated([1, 1, 1], [[0]], 3), 0)).toBeUndefined();
  const { selection: _, ...bare } = generated([1, 1, 1], [[0]]);
  expect(selectionHeat(bare, 0)).toBeUndefined();
});
