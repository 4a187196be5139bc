import { expect, test } from "vitest";
import { add, Context, createDevice, linear, narrow, swiglu, type Tensor, TensorError, weightedSum } from "./index.js";
import { Random } from "./random.js";

const device = createDevice("reference") as ReturnType<typeof createDevice> & {
  pool: { liveBuffers: number; idleBytes: number };
};

function normal(shape: readonly number[], seed: number): Tensor {
  const random = new Random(seed);
  const size = shape.reduce((a, b) => a * b, 1);
  return device.from(
    "f32",
    shape,
    Float32Array.from({ length: size }, () => random.normal()),
  );
}

/** A small network in which x is used four times, through a view, an alias and two branches. */
function loss(ctx: Context, x: Tensor, w: Tensor): Tensor {
  const doubled = add(ctx, x, x);
  const flat = ctx.reshape(doubled, [2, 12]);
  const half = narrow(ctx, flat, { axis: 1, start: 0, length: 6 });
  const gated = swiglu(ctx, linear(ctx, half, w), linear(ctx, ctx.reshape(x, [4, 6]).rows(0, 2), w));
  const ones = ctx.from("f32", gated.shape, new Float32Array(gated.size).fill(1));
  return add(ctx, weightedSum(ctx, gated, ones), weightedSum(ctx, doubled, ctx.from("f32", x.shape, x.data)));
}

test("gradients of a tensor used many times are summed, and only parameters keep theirs", () => {
  const [x, w] = [normal([4, 6], 1), normal([5, 6], 2)];
  const value = () => {
    const ctx = new Context(device);
    const result = loss(ctx, x, w).data[0]!;
    ctx.dispose();
    return result;
  };
  for (const parameter of [x, w]) parameter.requiresGrad = true;
  const live = device.pool.liveBuffers;
  const ctx = new Context(device, { recording: true });
  // `rows` is a plain view that no gradient passes, and the last term's weights are constants: neither counts.
  const gradients = ctx.backward(loss(ctx, x, w));
  expect([...gradients.keys()].sort((a, b) => a.id - b.id)).toEqual([x, w]);
  const gradient = gradients.get(w)!.data;
  for (const i of [0, 7, 29]) {
    const before = w.data[i]!;
    w.data[i] = before + 1e-2;
    const up = value();
    w.data[i] = before - 1e-2;
    const down = value();
    w.data[i] = before;
    expect(gradient[i]).toBeCloseTo((up - down) / 2e-2, 2);
  }
  expect(gradients.get(x)!.shape).toEqual([4, 6]);
  ctx.dispose();
  expect(device.pool.liveBuffers).toBe(live);
  for (const tensor of [x, w]) tensor.dispose();
});

test("a scope keeps what it returns and disposes the rest", () => {
  const ctx = new Context(device);
  const x = ctx.own(normal([2, 2], 3));
  const live = device.pool.liveBuffers;
  const kept = ctx.scope((inner) => add(inner, add(inner, x, x), x));
  expect(device.pool.liveBuffers).toBe(live + 1);
  expect(kept.data[0]).toBeCloseTo(3 * x.data[0]!);
  ctx.dispose();
  expect(kept.disposed).toBe(true);
});

test("views share memory, which lives as long as the last of them", () => {
  const x = normal([4, 3], 4);
  const rows = x.rows(1, 2);
  rows.data[0] = 42;
  expect(x.data[3]).toBe(42);
  x.dispose();
  expect(rows.data[0]).toBe(42);
  expect(() => x.data).toThrow(TensorError);
  expect(() => rows.rows(1, 2)).toThrow(/outside the 2 rows/);
  expect(() => rows.reshape([7])).toThrow(/sizes differ/);
  rows.dispose();
});

test("memory is used again: many steps allocate what one does", () => {
  const step = () => {
    const ctx = new Context(device);
    const x = ctx.own(normal([64, 64], 5));
    add(ctx, add(ctx, x, x), x);
    ctx.dispose();
  };
  step();
  const idle = device.pool.idleBytes;
  for (let i = 0; i < 50; i++) step();
  expect(device.pool.idleBytes).toBe(idle);
});

test("an op names itself and the shapes it cannot take", () => {
  const ctx = new Context(device);
  const [x, w] = [ctx.own(normal([2, 3], 6)), ctx.own(normal([5, 4], 7))];
  expect(() => linear(ctx, x, w)).toThrow(/linear: weight \[5,4\].*must have 3.*inputs of 3/);
  ctx.dispose();
});
