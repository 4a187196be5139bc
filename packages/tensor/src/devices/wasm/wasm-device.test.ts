import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { Context } from "../../context.js";
import { linear } from "../../ops/linear/op.js";
import { sumSquares } from "../../ops/sum-squares/op.js";
import { Random } from "../../random.js";
import { compile, instantiate } from "./kernel-module.js";
import { WasmDevice } from "./wasm-device.js";
import { WasmMemory } from "./wasm-memory.js";

const packageRoot = fileURLToPath(new URL("../../../", import.meta.url));
const module = compile(readFileSync(`${packageRoot}wasm/kernels.wasm`));
const MEBIBYTE = 2 ** 20;

test("kernels.wasm was built from the kernels as they are", () => {
  // The error names the command that builds it.
  execFileSync(process.execPath, [`${packageRoot}native/build-wasm.mjs`, "--check"], { stdio: "pipe" });
});

test("tensors keep their values, and calls their meaning, while the memory grows", () => {
  const device = WasmDevice.of(module);
  const ctx = new Context(device);
  const x = ctx.from("f32", [2, 3], [1, 2, 3, 4, 5, 6]);
  const before = x.data;
  expect([...before]).toEqual([1, 2, 3, 4, 5, 6]);
  const weight = ctx.from("f32", [1, 3], [1, 1, 1]);
  for (let i = 0; i < 8; i++) {
    const large = ctx.own(device.empty("f32", [(i + 1) * MEBIBYTE]));
    large.data.fill(i);
    expect([...linear(ctx, x, weight).data]).toEqual([6, 15]);
  }
  expect(before.length).toBe(0);
  expect([...x.data]).toEqual([1, 2, 3, 4, 5, 6]);
  ctx.dispose();
});

test("memory that was given back is used again: a repeated step takes no more", () => {
  const device = WasmDevice.of(module);
  const step = () => {
    const ctx = new Context(device);
    const x = ctx.from("f32", [64, 1024], new Float32Array(64 * 1024));
    linear(ctx, x, ctx.from("f32", [512, 1024], new Float32Array(512 * 1024)));
    const { buffer } = x.data;
    ctx.dispose();
    return buffer.byteLength;
  };
  step();
  const after = step();
  for (let i = 0; i < 20; i++) expect(step()).toBe(after);
  expect(device.pool.liveBytes).toBe(0);
});

test("a tensor past the module's limit is an error that says how much there is and what to do", () => {
  const device = WasmDevice.of(module);
  expect(() => device.empty("f32", [2 ** 29])).toThrow(
    expect.objectContaining({
      code: "out_of_memory",
      message: expect.stringMatching(/2048 MiB.*use weights of fewer bits/),
    }),
  );
  // The device goes on.
  const ctx = new Context(device);
  expect(sumSquares(ctx, ctx.from("f32", [2], [3, 4])).data[0]).toBe(25);
});

test("memory beyond 2 GiB is addressed as memory below it, up to 4 GiB", () => {
  const memory = new WasmMemory(instantiate(module));
  const blocks = [1000, 1000, 1000, 1000].map((size) => memory.allocate(size * MEBIBYTE));
  for (const [i, block] of blocks.entries()) new Uint8Array(block.buffer, block.byteOffset, 4).fill(i + 1);
  for (const [i, block] of blocks.entries()) expect(new Uint8Array(block.buffer, block.byteOffset, 1)[0]).toBe(i + 1);
  expect(blocks.at(-1)!.byteOffset).toBeGreaterThan(2 ** 31);
  expect(() => memory.allocate(1000 * MEBIBYTE)).toThrow(expect.objectContaining({ code: "out_of_memory" }));
  memory.free(blocks[3]!);
  expect(memory.allocate(900 * MEBIBYTE).byteLength).toBe(900 * MEBIBYTE);
});

test("the same inputs give the same bits on every instance", () => {
  const run = () => {
    const ctx = new Context(WasmDevice.of(module));
    const random = new Random(3);
    const values = (count: number) => Float32Array.from({ length: count }, () => random.normal());
    const y = linear(ctx, ctx.from("f32", [7, 96], values(7 * 96)), ctx.from("f32", [33, 96], values(33 * 96)));
    return new Uint8Array(y.data.slice().buffer);
  };
  expect(run()).toEqual(run());
});
