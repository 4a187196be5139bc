import { describe, expect, test } from "vitest";
import { checkDevice } from "../conformance.js";
import { Context } from "../context.js";
import { ReferenceDevice } from "../devices/reference/reference-device.js";
import { casesByOp } from "../ops/cases.js";
import { sumSquares } from "../ops/sum-squares/op.js";
import { OpaqueDevice } from "./opaque-device.js";

const device = new OpaqueDevice(new ReferenceDevice());

test("memory of a device that is not the host's is read by waiting for it, and in no other way", async () => {
  const tensor = device.from("i32", [2, 3], [1, 2, 3, 4, 5, 6]);
  expect(() => tensor.data).toThrow(
    expect.objectContaining({ code: "unsupported", message: expect.stringContaining("await device.read(tensor)") }),
  );
  expect([...(await device.read(tensor.rows(1, 1)))]).toEqual([4, 5, 6]);
});

test("what is read is what was there when it was asked for, even if the tensor is gone by then", async () => {
  const tensor = device.from("f32", [2], [1, 2]);
  const reading = device.read(tensor);
  device.copy(device.from("f32", [2], [3, 4]), tensor);
  tensor.dispose();
  expect([...(await reading)]).toEqual([1, 2]);
});

test("rows are copied on the device; elements of other kinds or numbers are refused", async () => {
  const table = device.from("bf16", [3, 2], [1, 2, 3, 4, 5, 6]);
  device.copy(table.rows(0, 1), table.rows(2, 1));
  expect([...(await device.read(table))]).toEqual([1, 2, 3, 4, 1, 2]);
  expect(() => device.copy(table.rows(0, 1), table)).toThrow(expect.objectContaining({ code: "shape_mismatch" }));
  expect(() => device.copy(table, device.empty("f32", [3, 2]))).toThrow(
    expect.objectContaining({ code: "dtype_mismatch" }),
  );
});

test("a backward pass reads nothing back: gradients that meet are added on the device", async () => {
  const weight = device.from("f32", [2], [3, 4]);
  weight.requiresGrad = true;
  const ctx = new Context(device, { recording: true });
  const view = ctx.reshape(weight, [1, 2]);
  sumSquares(ctx, view);
  const gradients = ctx.backward(view);
  expect([...(await device.read(gradients.get(weight)!))]).toEqual([1, 1]);
  ctx.dispose();
});

describe.each([...casesByOp.keys()])("%s needs no host memory", (op) => {
  const small = casesByOp.get(op)!.filter(({ benchOnly }) => !benchOnly)[0]!;
  test("values and gradients", async () => {
    for (const { what, error, tolerance } of await checkDevice(device, small))
      expect(error, what).toBeLessThanOrEqual(tolerance);
  });
});
