import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { golden } from "../testing/golden.js";
import { openCheckpoint } from "./index.js";
import { safetensorsBytes } from "./testing/safetensors-bytes.js";

const dir = mkdtempSync(join(tmpdir(), "checkpoint-test-"));
afterAll(() => rmSync(dir, { recursive: true }));

test.each([
  ["plain", "F32"],
  ["yarn", "F32"],
] as const)("opens the golden checkpoint %s and reads every tensor", async (name, dtype) => {
  const checkpoint = await openCheckpoint(golden(name));
  try {
    const names = checkpoint.names();
    expect(names).toContain("model.layers.2.mlp.experts.7.down_proj.weight");
    expect(checkpoint.info("model.embed_tokens.weight")).toEqual({ dtype, shape: [160, 96] });
    for (const tensor of names) {
      const values = await checkpoint.readF32(tensor);
      expect(values.length).toBe(checkpoint.info(tensor).shape.reduce((product, dim) => product * dim, 1));
      expect(values.every(Number.isFinite)).toBe(true);
    }
  } finally {
    await checkpoint.close();
  }
});

test("opens the golden FP8 shards; readF32 is q * scale_inv of the block, partial blocks included", async () => {
  const checkpoint = await openCheckpoint(golden("fp8"));
  try {
    expect(checkpoint.names().filter((name) => name.endsWith("_scale_inv"))).toEqual([]);
    const quantised = checkpoint.names().filter((name) => checkpoint.info(name).dtype === "F8_E4M3");
    expect(quantised.length).toBeGreaterThan(10);
    let partial = 0;
    for (const name of quantised) {
      const { shape, data } = await checkpoint.read(name);
      const scale = await checkpoint.read(`${name}_scale_inv`);
      const [rows, columns] = shape as [number, number];
      const values = await checkpoint.readF32(name);
      if (rows % 128 || columns % 128) partial++;
      const across = Math.ceil(columns / 128);
      for (let r = 0; r < rows; r += 13)
        for (let c = 0; c < columns; c += 7) {
          const bits = Number(data[r * columns + c]);
          const exponent = (bits >> 3) & 15;
          const magnitude = exponent ? (1 + (bits & 7) / 8) * 2 ** (exponent - 7) : (bits & 7) * 2 ** -9;
          const q = bits & 128 ? -magnitude : magnitude;
          const wanted = Math.fround(q * Number(scale.data[(r >> 7) * across + (c >> 7)]));
          if (values[r * columns + c] !== wanted) throw new Error(`${name}[${r},${c}] is ${values[r * columns + c]}`);
        }
    }
    expect(partial).toBeGreaterThan(0);
  } finally {
    await checkpoint.close();
  }
});

test("the block size of config.json is used", async () => {
  const config = JSON.parse(readFileSync(join(golden("fp8"), "config.json"), "utf8")) as Record<string, unknown>;
  const at = join(dir, "blocks");
  mkdirSync(at);
  writeFileSync(
    join(at, "config.json"),
    JSON.stringify({ ...config, quantization_config: { quant_method: "fp8", weight_block_size: [2, 2] } }),
  );
  const header =
    '{"w":{"dtype":"F8_E4M3","shape":[3,3],"data_offsets":[16,25]},"w_scale_inv":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}';
  const scales = new Uint8Array(Float32Array.of(1, 10, 100, 1000).buffer);
  const bytes = safetensorsBytes(header, Buffer.concat([scales, Buffer.alloc(9, 0x38)]));
  writeFileSync(join(at, "model.safetensors"), bytes);
  const checkpoint = await openCheckpoint(at);
  expect([...(await checkpoint.readF32("w"))]).toEqual([1, 1, 10, 1, 1, 10, 100, 100, 1000]);
  await checkpoint.close();
  const alone = await openCheckpoint(join(at, "model.safetensors"));
  await expect(alone.readF32("w")).rejects.toMatchObject({ name: "ModelError", code: "shape_mismatch" });
  await alone.close();
});

test("reads every dtype raw, also where it is not aligned", async () => {
  const path = join(dir, "dtypes.safetensors");
  const entries = [
    ["U8", 1, [1]],
    ["F64", 8, [0, 0, 0, 0, 0, 0, 0xf0, 0x3f]],
    ["F32", 4, [0, 0, 0x80, 0x3f]],
    ["F16", 2, [0, 0x3c]],
    ["BF16", 2, [0x80, 0x3f]],
    ["F8_E4M3", 1, [0x38]],
    ["F8_E5M2", 1, [0x3c]],
    ["I64", 8, [0xfe, 255, 255, 255, 255, 255, 255, 255]],
    ["I32", 4, [0xfe, 255, 255, 255]],
    ["I16", 2, [0xfe, 255]],
    ["I8", 1, [0xfe]],
    ["BOOL", 1, [1]],
  ] as const;
  let offset = 0;
  const header = Object.fromEntries(
    entries.map(([dtype, size]) => {
      offset += size;
      return [dtype, { dtype, shape: [1], data_offsets: [offset - size, offset] }];
    }),
  );
  writeFileSync(path, safetensorsBytes(JSON.stringify(header), Buffer.from(entries.flatMap(([, , bytes]) => bytes))));
  const checkpoint = await openCheckpoint(path);
  const first = async (dtype: string) => (await checkpoint.read(dtype)).data[0];
  const values = await Promise.all(entries.map(([dtype]) => first(dtype)));
  expect(values).toEqual([1, 1, 1, 0x3c00, 0x3f80, 0x38, 0x3c, -2n, -2, -2, -2, 1]);
  for (const dtype of ["F32", "F16", "BF16"]) expect([...(await checkpoint.readF32(dtype))]).toEqual([1]);
  for (const dtype of ["I64", "I32", "BOOL", "F8_E5M2"])
    await expect(checkpoint.readF32(dtype)).rejects.toMatchObject({ name: "ModelError", code: "unsupported_dtype" });
  await expect(checkpoint.readF32("F8_E4M3")).rejects.toMatchObject({ name: "ModelError" });
  await checkpoint.close();
});

test("scalars and empty tensors", async () => {
  const path = join(dir, "scalar.safetensors");
  const header =
    '{"empty":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]},"scalar":{"dtype":"I32","shape":[],"data_offsets":[0,4]}}  ';
  writeFileSync(path, safetensorsBytes(header, Uint8Array.of(7, 0, 0, 0)));
  const checkpoint = await openCheckpoint(path);
  expect(checkpoint.names()).toEqual(["empty", "scalar"]);
  expect([...(await checkpoint.read("scalar")).data]).toEqual([7]);
  expect((await checkpoint.readF32("empty")).length).toBe(0);
  await checkpoint.close();
});

test("an absent tensor is missing_tensor and names it", async () => {
  const checkpoint = await openCheckpoint(golden("plain"));
  expect(() => checkpoint.info("absent")).toThrow(/absent/);
  await expect(checkpoint.read("absent")).rejects.toMatchObject({ name: "ModelError", code: "missing_tensor" });
  await checkpoint.close();
});
