import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDevice } from "@cachalot/tensor";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openCheckpoint } from "../checkpoint/index.js";
import { readConfig } from "../config/index.js";
import { saveModel } from "../network/index.js";
import { golden } from "../testing/golden.js";
import { tinyParameters } from "../testing/tiny-mtp.js";
import { exportGguf } from "./export-gguf.js";
import { requireExportable } from "./metadata.js";
import { encodeValues, float32ToFloat16 } from "./quantize.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-gguf-"));
});
afterAll(() => rm(dir, { recursive: true }));

interface Parsed {
  metadata: Map<string, unknown>;
  tensors: Map<string, { shape: number[]; type: number; at: number }>;
  bytes: Buffer;
}

/** Reads a GGUF file by the format's description, independently of the writer. */
function parse(bytes: Buffer): Parsed {
  let at = 0;
  /** Moves on and returns where it was. */
  const skip = (count: number) => {
    at += count;
    return at - count;
  };
  const u32 = () => bytes.readUInt32LE(skip(4));
  const u64 = () => Number(bytes.readBigUInt64LE(skip(8)));
  const string = () => {
    const length = u64();
    const start = skip(length);
    return bytes.toString("utf8", start, at);
  };
  const value = (type: number): unknown => {
    if (type === 4) return u32();
    if (type === 5) return bytes.readInt32LE(skip(4));
    if (type === 6) return bytes.readFloatLE(skip(4));
    if (type === 7) return bytes.readUInt8(skip(1)) === 1;
    if (type === 8) return string();
    expect(type).toBe(9);
    const item = u32();
    return Array.from({ length: u64() }, () => value(item));
  };
  expect(bytes.toString("latin1", 0, 4)).toBe("GGUF");
  at = 4;
  expect(u32()).toBe(3);
  const [tensorCount, pairs] = [u64(), u64()];
  const metadata = new Map(Array.from({ length: pairs }, () => [string(), value(u32())] as const));
  const infos = Array.from({ length: tensorCount }, () => {
    const name = string();
    const shape = Array.from({ length: u32() }, u64).reverse();
    return [name, { shape, type: u32(), at: u64() }] as const;
  });
  const start = Math.ceil(at / 32) * 32;
  return { metadata, tensors: new Map(infos.map(([name, info]) => [name, { ...info, at: start + info.at }])), bytes };
}

function floats({ tensors, bytes }: Parsed, name: string): Float32Array {
  const { shape, type, at } = tensors.get(name)!;
  expect(type).toBe(0);
  const size = shape.reduce((a, b) => a * b, 1);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset + at, bytes.byteOffset + at + 4 * size));
}

test("a golden model, exported: shapes, split kv_b_proj, widened indexer", async () => {
  const path = join(dir, "plain.gguf");
  await exportGguf(golden("plain"), path);
  const file = parse(await readFile(path));
  const config = await readConfig(golden("plain"));
  expect(file.metadata.get("general.architecture")).toBe("deepseek32");
  expect(file.metadata.get("deepseek32.attention.indexer.key_length")).toBe(64);
  expect(file.metadata.get("deepseek32.expert_group_used_count")).toBe(config.topkGroup);
  expect(file.metadata.get("deepseek32.expert_weights_norm")).toBe(true);
  const checkpoint = await openCheckpoint(golden("plain"));
  const { numAttentionHeads: H, qkNopeHeadDim: N, vHeadDim: V, kvLoraRank: C } = config;
  const kvB = await checkpoint.readF32("model.layers.1.self_attn.kv_b_proj.weight");
  expect(file.tensors.get("blk.1.attn_k_b.weight")!.shape).toEqual([H, C, N]);
  const [keys, values] = [floats(file, "blk.1.attn_k_b.weight"), floats(file, "blk.1.attn_v_b.weight")];
  for (const [h, c, n] of [
    [0, 0, 0],
    [2, 5, 3],
    [3, 31, 15],
  ] as const)
    expect(keys[(h * C + c) * N + n]).toBe(kvB[(h * (N + V) + n) * C + c]);
  expect(values[(2 * V + 3) * C + 4]).toBe(kvB[(2 * (N + V) + N + 3) * C + 4]);
  const norm = await checkpoint.readF32("model.layers.0.self_attn.indexer.k_norm.weight");
  expect(floats(file, "blk.0.indexer.k_norm.weight")).toEqual(Float32Array.of(...norm, ...new Float32Array(32)));
  const expert = await checkpoint.readF32("model.layers.2.mlp.experts.5.down_proj.weight");
  const stacked = floats(file, "blk.2.ffn_down_exps.weight");
  expect(stacked.slice(5 * expert.length, 6 * expert.length)).toEqual(expert);
  await checkpoint.close();
});

test("a multi-token-prediction layer stays out of the file", async () => {
  const config = { ...(await readConfig(golden("plain"))), numNextnPredictLayers: 1 };
  const device = createDevice("reference");
  const from = join(dir, "with-mtp");
  await saveModel(from, config, tinyParameters(config, device, 1));
  await exportGguf(from, join(dir, "mtp.gguf"));
  const { metadata, tensors } = parse(await readFile(join(dir, "mtp.gguf")));
  expect(metadata.get("deepseek32.block_count")).toBe(config.numHiddenLayers);
  expect([...tensors.keys()].filter((name) => name.startsWith(`blk.${config.numHiddenLayers}.`))).toEqual([]);
});

test("what llama.cpp cannot hold is refused", async () => {
  const { indexer, ...config } = await readConfig(golden("plain"));
  expect(() => requireExportable(config)).toThrow(/no lightning indexer/);
  expect(() => requireExportable({ ...config, indexer: { ...indexer!, headDim: 48 } })).toThrow(/index_head_dim 48/);
  expect(() => requireExportable({ ...config, indexer: indexer!, nSharedExperts: 0 })).toThrow(/no shared expert/);
  const yarn = (await readConfig(golden("yarn"))).ropeScaling!;
  const withBetas = (betaFast: number, betaSlow: number) =>
    requireExportable({ ...config, indexer: indexer!, ropeScaling: { ...yarn, betaFast, betaSlow } });
  withBetas(32, 1);
  expect(() => withBetas(1000, 0.01)).toThrow(/beta_fast 1000 and beta_slow 0.01 turn otherwise/);
});

function halfToNumber(half: number): number {
  const [exponent, fraction] = [half >> 10, half & 1023];
  return exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
}

test("halves are the nearest ones, ties to even", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0x7bfe }), fc.double({ min: 0, max: 1, noNaN: true }), (half, share) => {
      const [low, high] = [halfToNumber(half), halfToNumber(half + 1)];
      const value = low + (high - low) * share;
      const middle = (low + high) / 2;
      const nearest = value < middle || (value === middle && half % 2 === 0) ? half : half + 1;
      expect(float32ToFloat16(value)).toBe(nearest);
    }),
  );
  expect(float32ToFloat16(1e6)).toBe(0x7c00);
});

test("Q8_0 keeps every value within half a step of its block", () => {
  fc.assert(
    fc.property(fc.array(fc.float({ noNaN: true, min: -100, max: 100 }), { minLength: 64, maxLength: 64 }), (list) => {
      const values = Float32Array.from(list);
      const bytes = encodeValues(values, "q8_0");
      const view = new DataView(bytes.buffer);
      expect(bytes).toHaveLength(68);
      for (let i = 0; i < 64; i++) {
        const block = Math.floor(i / 32);
        const scale = halfToNumber(view.getUint16(block * 34, true));
        const largest = Math.max(...values.subarray(block * 32, block * 32 + 32).map(Math.abs));
        const restored = scale * view.getInt8(block * 34 + 2 + (i % 32));
        expect(Math.abs(restored - values[i]!)).toBeLessThanOrEqual(largest / 127 / 2 + largest * 1e-3 + 1e-5);
      }
    }),
  );
});
