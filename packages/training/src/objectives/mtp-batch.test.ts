import { expect, test } from "vitest";
import { mtpBatch } from "./mtp-batch.js";

test("every token is followed by the next one's token and target, within its document and row", () => {
  const { next, targets } = mtpBatch({
    batch: 2,
    seq: 5,
    inputs: Int32Array.of(1, 2, 3, 10, 11, 20, 21, 22, 23, 24),
    targets: Int32Array.of(2, 3, 4, 11, 12, 21, -100, 23, 24, 25),
    documentStart: Int32Array.of(0, 0, 0, 3, 3, 0, 0, 0, 0, 0),
  });
  expect([...next]).toEqual([2, 3, 10, 11, 0, 21, 22, 23, 24, 0]);
  expect([...targets]).toEqual([3, 4, -100, 12, -100, -100, 23, 24, 25, -100]);
});

test("without documents a row is one", () => {
  const one = { batch: 1, seq: 3, inputs: Int32Array.of(7, 8, 9), targets: Int32Array.of(8, 9, 10) };
  expect([...mtpBatch(one).targets]).toEqual([9, 10, -100]);
});
