import { describe, expect, test } from "vitest";
import type { OpCase } from "./conformance.js";
import { Context } from "./context.js";
import { createDevice, deviceNames, unavailableReason } from "./devices/index.js";
import { TensorError } from "./errors.js";
import { requireBlocks, requireOffsets, requireSelection } from "./indices.js";
import { casesByOp } from "./ops/cases.js";
import {
  cacheRead,
  crossEntropy,
  expertSort,
  gatherRows,
  indexSelect,
  moeCombine,
  pagedAttention,
  sparseAttention,
} from "./ops/index.js";
import { Random } from "./random.js";
import { sizeOf } from "./shape.js";
import type { Tensor } from "./tensor.js";

const devices = deviceNames.filter((name) => unavailableReason(name) === undefined);
const EXTREMES = [2 ** 31 - 1, -(2 ** 31), 2 ** 30, -3];

function inputsOf(device: ReturnType<typeof createDevice>, { inputs }: OpCase): (Tensor | undefined)[] {
  const random = new Random(1);
  return inputs.map((input) => {
    if (!input) return undefined;
    const given = typeof input.values === "function" ? input.values(random) : input.values;
    const values = given ?? Float64Array.from({ length: sizeOf(input.shape) }, () => random.normal());
    return device.from(input.dtype ?? "f32", input.shape, values);
  });
}

const refusal = (action: () => unknown): TensorError => {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(TensorError);
    return error as TensorError;
  }
  throw new Error("nothing was thrown");
};

for (const [name, cases] of casesByOp) {
  const opCase = cases.find((candidate) => candidate.inputs.some((input) => input?.dtype === "i32"));
  if (!opCase || opCase.benchOnly) continue;
  describe.each(devices)(`${name} on %s`, (deviceName) => {
    const at = opCase.inputs.flatMap((input, i) => (input?.dtype === "i32" ? [i] : []));
    test.each(at)("refuses numbers of input %i that address memory outside", (i) => {
      const device = createDevice(deviceName);
      for (const extreme of EXTREMES) {
        const ctx = new Context(device);
        const inputs = inputsOf(device, opCase);
        inputs[i]!.data.fill(extreme);
        const error = refusal(() => ctx.run(opCase.op, inputs, opCase.attrs));
        expect(error.code).toBe("index_out_of_range");
        expect(error.message).toContain(`${opCase.op.name}: `);
        expect(error.message).toContain(` is ${extreme}, which is not in `);
        ctx.dispose();
      }
    });
    test.skipIf(!opCase.op.gradient)("proves them again on the way back", () => {
      const device = createDevice(deviceName);
      for (const i of at) {
        const ctx = new Context(device, { recording: true });
        const inputs = inputsOf(device, opCase);
        for (const input of inputs) if (input?.dtype === "f32") input.requiresGrad = true;
        const outputs = ctx.run(opCase.op, inputs, opCase.attrs);
        inputs[i]!.data.fill(2 ** 31 - 1);
        const outputGradients = outputs.map((output) =>
          output.dtype === "f32" ? ctx.from("f32", output.shape, new Float32Array(output.size)) : undefined,
        );
        const needs = inputs.map((input) => input?.requiresGrad === true);
        const plain = new Context(device);
        const back = () =>
          opCase.op.gradient!({ ctx: plain, inputs, outputs, outputGradients, attrs: opCase.attrs, needs });
        expect(refusal(back).code).toBe("index_out_of_range");
        plain.dispose();
        ctx.dispose();
      }
    });
  });
}

describe.each(devices)("bounds are exact on %s", (deviceName) => {
  const device = createDevice(deviceName);
  const ctx = new Context(device);
  const table = ctx.from("f32", [3, 2], [1, 2, 3, 4, 5, 6]);

  test("a gathered row is one there is, or -1 for zeros", () => {
    const rows = (values: number[]) => gatherRows(ctx, table, ctx.from("i32", [values.length], values));
    expect([...rows([2, -1, 0]).data]).toEqual([5, 6, 0, 0, 1, 2]);
    expect(refusal(() => rows([0, 3])).message).toMatch(/gather_rows: rows\[1\] is 3, which is not in -1\.\.2/);
    expect(refusal(() => rows([-2])).message).toMatch(/rows\[0\] is -2/);
  });

  test("a slot is one there is: -1 is none", () => {
    const read = (slot: number) => cacheRead(ctx, table, ctx.from("i32", [1], [slot]));
    expect([...read(2).data]).toEqual([5, 6]);
    for (const slot of [-1, 3]) expect(refusal(() => read(slot)).message).toMatch(`slots[0] is ${slot}`);
  });

  test("a target is a token, or -100", () => {
    const loss = (target: number) => crossEntropy(ctx, table, ctx.from("i32", [3], [0, target, 1])).data[1];
    expect(loss(-100)).toBe(0);
    for (const target of [2, -1, -99]) expect(refusal(() => loss(target)).message).toMatch(`targets[1] is ${target}`);
  });

  test("indices must be integers", () => {
    const floats = ctx.from("f32", [1], [0]);
    expect(refusal(() => crossEntropy(ctx, table.rows(0, 1), floats)).code).toBe("dtype_mismatch");
  });
});

const host = (shape: number[], values: number[]) => ({ dtype: "i32" as const, shape, data: Int32Array.from(values) });

test("a selection has nothing behind its first -1, and nothing its row does not see", () => {
  const check = (values: number[], bound = 5) => requireSelection("op", host([1, 3], values), bound);
  check([0, 4, -1]);
  check([-1, -1, -1]);
  expect(refusal(() => check([0, -1, 2])).message).toMatch(/indices\[1\] is -1/);
  expect(refusal(() => check([0, 5, -1])).message).toMatch(/indices\[1\] is 5, which is not in 0\.\.4/);
});

test("only blocks that a row reads must exist", () => {
  const check = (position: number, blocks: number[]) =>
    requireBlocks("op", [host([1], [0]), host([1], [position]), host([1, blocks.length], blocks)], 48);
  check(15, [2, -7]);
  check(16, [2, 0]);
  expect(refusal(() => check(16, [2, 3])).message).toMatch(/blocks\[1\] is 3, which is not in 0\.\.2/);
  expect(refusal(() => check(32, [2, 1])).message).toMatch(/position\[0\] is 32/);
});

test("offsets begin at 0, never go back and stay among the rows", () => {
  const check = (values: number[]) => requireOffsets("op", host([values.length], values), 4);
  check([0, 0, 3, 4]);
  check([0, 2]);
  for (const bad of [
    [1, 4],
    [0, 3, 2],
    [0, 5],
    [-1, 4],
  ])
    expect(refusal(() => check(bad)).code).toBe("index_out_of_range");
});

describe.each(devices)("what was proven once is proven again when it may have changed: %s", (deviceName) => {
  const device = createDevice(deviceName);
  const ctx = new Context(device);
  const ids = (shape: number[], values: number[]) => device.from("i32", shape, values);
  const floats = (...shape: number[]) => device.from("f32", shape, new Float32Array(sizeOf(shape)).fill(0.5));
  /** Two rows over a pool of two blocks. */
  const setUp = () => ({
    paged: { sequence: ids([2], [0, 0]), position: ids([2], [3, 20]), blocks: ids([1, 2], [1, 0]) },
    pool: floats(32, 4),
    q: floats(2, 1, 4),
  });
  const attend = ({ q, pool, paged }: ReturnType<typeof setUp>, indices?: Tensor, position = paged.position) =>
    pagedAttention(ctx, q, pool, { ...paged, position }, indices, { scale: 1, valueDim: 4 });
  const select = ({ paged }: ReturnType<typeof setUp>, q = floats(2, 1, 8)) =>
    indexSelect(ctx, q, floats(2, 1), floats(2, 8, 16), undefined, paged, { k: 4, scale: 1 });

  test.each(["sequence", "position", "blocks"] as const)("%s of paged rows, by the host, a copy or a view", (name) => {
    const changes: ((tensor: Tensor) => void)[] = [
      (tensor) => void tensor.data.fill(99),
      (tensor) => device.copy(ids([...tensor.shape], Array(tensor.size).fill(99)), tensor),
      (tensor) => void tensor.reshape([tensor.size]).data.fill(99),
    ];
    for (const change of changes) {
      const rows = setUp();
      attend(rows);
      attend(rows);
      change(rows.paged[name]);
      expect(refusal(() => attend(rows)).code).toBe("index_out_of_range");
    }
    const early = setUp();
    const { data } = early.paged[name];
    attend(early);
    data.fill(99);
    expect(refusal(() => attend(early)).code).toBe("index_out_of_range");
  });

  test("the same rows over a smaller pool", () => {
    const rows = setUp();
    attend(rows);
    expect(refusal(() => attend({ ...rows, pool: floats(16, 4) })).code).toBe("index_out_of_range");
  });

  test("a selection: by the host, for other rows, and where a score was NaN", () => {
    const rows = setUp();
    const indices = select(rows);
    attend(rows, indices);
    expect(refusal(() => attend(rows, indices, ids([2], [3, 2]))).code).toBe("index_out_of_range");
    device.copy(ids([2], [3, 2]), rows.paged.position);
    expect(refusal(() => attend(rows, indices)).code).toBe("index_out_of_range");
    const others = setUp();
    const changed = select(others);
    changed.data[7] = 21;
    expect(refusal(() => attend(others, changed)).code).toBe("index_out_of_range");
    const q = floats(2, 1, 8);
    q.data[8] = Number.NaN;
    expect(refusal(() => attend(others, select(others, q))).code).toBe("not_a_number");
  });

  test("a selection that the ops of a training step share", () => {
    const [q, k] = [floats(1, 2, 1, 4), floats(1, 3, 1, 4)];
    const attend = (indices: Tensor, keys = k) => sparseAttention(ctx, q, keys, keys, indices, { scale: 1 });
    const indices = ids([1, 2, 2], [0, -1, 2, 1]);
    attend(indices);
    attend(indices);
    expect(refusal(() => attend(indices, floats(1, 2, 1, 4))).code).toBe("index_out_of_range");
    device.copy(ids([1, 2, 2], [0, -1, -2, -1]), indices);
    expect(refusal(() => attend(indices)).code).toBe("not_a_number");
  });

  test("what sorting by expert makes", () => {
    const { rowOfSlot, slotOf } = expertSort(ctx, ids([2, 2], [0, 2, 1, 2]), { experts: 3 });
    gatherRows(ctx, floats(2, 4), rowOfSlot);
    expect(refusal(() => gatherRows(ctx, floats(1, 4), rowOfSlot)).code).toBe("index_out_of_range");
    moeCombine(ctx, floats(4, 4), slotOf, floats(2, 2));
    device.copy(ids([2, 2], [0, 1, 2, 4]), slotOf);
    expect(refusal(() => moeCombine(ctx, floats(4, 4), slotOf, floats(2, 2))).code).toBe("index_out_of_range");
  });
});
