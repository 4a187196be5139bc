import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { readConfig } from "../config/index.js";
import { golden } from "../testing/golden.js";
import { bfloat16ToFloat32, float32ToBfloat16 } from "./convert.js";
import { openCheckpoint, type WritableTensor, writeCheckpoint, writeSafetensors } from "./index.js";

const dir = mkdtempSync(join(tmpdir(), "write-test-"));
afterAll(() => rmSync(dir, { recursive: true }));

const shape = fc.array(fc.nat(4), { maxLength: 3 });
const name = fc.string({ unit: "binary", maxLength: 12 }).filter((text) => text !== "__metadata__");
const tensor: fc.Arbitrary<WritableTensor> = fc
  .record({ name, shape, seed: fc.integer(), dtype: fc.constantFrom("f32", "bf16", "i32", "i64") })
  .map(({ name, shape, seed, dtype }): WritableTensor => {
    const size = shape.reduce((product, dim) => product * dim, 1);
    const at = (i: number) => Math.imul(seed + i, 0x9e3779b1);
    if (dtype === "i32") return { name, shape, dtype, data: Int32Array.from({ length: size }, (_, i) => at(i)) };
    if (dtype === "i64")
      return { name, shape, dtype, data: BigInt64Array.from({ length: size }, (_, i) => BigInt(at(i)) << 20n) };
    const data = Float32Array.from({ length: size }, (_, i) => at(i) / 1e9);
    return dtype === "f32" ? { name, shape, dtype, data } : { name, shape, dtype: "bf16", data };
  });

test("any tensors come back as written, bf16 rounded", async () => {
  const path = join(dir, "any.safetensors");
  const tensors = fc.uniqueArray(tensor, { selector: ({ name }) => name, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(tensors, async (written) => {
      await writeSafetensors(path, written);
      const checkpoint = await openCheckpoint(path);
      try {
        for (const { name, shape, dtype, data } of written) {
          const found = await checkpoint.read(name);
          expect(found).toEqual({
            dtype: { f32: "F32", bf16: "BF16", i32: "I32", i64: "I64", i8: "I8" }[dtype],
            shape,
            data: dtype === "bf16" ? float32ToBfloat16(data as Float32Array) : data,
          });
          if (dtype === "bf16")
            expect(await checkpoint.readF32(name)).toEqual(bfloat16ToFloat32(found.data as Uint16Array));
        }
      } finally {
        await checkpoint.close();
      }
    }),
    { numRuns: 100 },
  );
});

test("data is aligned to its elements, the order given does not matter, and no temporary file stays", async () => {
  const tensors: WritableTensor[] = [
    { name: "b", dtype: "bf16", shape: [3], data: Float32Array.of(1, 2, 3) },
    { name: "i", dtype: "i64", shape: [1], data: BigInt64Array.of(5n) },
    { name: "a", dtype: "f32", shape: [1], data: Float32Array.of(4) },
  ];
  const at = mkdtempSync(join(dir, "aligned-"));
  await writeSafetensors(join(at, "x"), tensors, { step: "7" });
  await writeSafetensors(join(at, "y"), [...tensors].reverse(), { step: "7" });
  const bytes = readFileSync(join(at, "x"));
  expect(readFileSync(join(at, "y"))).toEqual(bytes);
  const length = Number(bytes.readBigUInt64LE());
  expect(length % 8).toBe(0);
  expect(JSON.parse(bytes.subarray(8, 8 + length).toString())).toEqual({
    __metadata__: { step: "7" },
    i: { dtype: "I64", shape: [1], data_offsets: [0, 8] },
    a: { dtype: "F32", shape: [1], data_offsets: [8, 12] },
    b: { dtype: "BF16", shape: [3], data_offsets: [12, 18] },
  });
  expect(readdirSync(at).sort()).toEqual(["x", "y"]);
});

test("a tensor larger than one chunk of conversion", async () => {
  const path = join(dir, "large.safetensors");
  const data = Float32Array.from({ length: 2 ** 20 + 3 }, (_, i) => i % 251);
  await writeSafetensors(path, [{ name: "w", dtype: "bf16", shape: [data.length], data }]);
  const checkpoint = await openCheckpoint(path);
  expect(Buffer.compare(Buffer.from((await checkpoint.readF32("w")).buffer), Buffer.from(data.buffer))).toBe(0);
  await checkpoint.close();
});

test("refuses a name twice and data of another length, and leaves no file", async () => {
  const at = mkdtempSync(join(dir, "refused-"));
  const w: WritableTensor = { name: "w", dtype: "f32", shape: [2], data: new Float32Array(2) };
  const path = join(at, "x.safetensors");
  await expect(writeSafetensors(path, [w, w])).rejects.toMatchObject({ code: "invalid_checkpoint" });
  await expect(writeSafetensors(path, [{ ...w, name: "__metadata__" }])).rejects.toMatchObject({
    code: "invalid_checkpoint",
  });
  await expect(writeSafetensors(path, [{ ...w, shape: [3] }])).rejects.toMatchObject({ code: "shape_mismatch" });
  expect(readdirSync(at)).toEqual([]);
});

test("a golden checkpoint written again holds the same", async () => {
  const from = await openCheckpoint(golden("plain"));
  const config = { ...(await readConfig(golden("plain"))), numNextnPredictLayers: 1 };
  const tensors: WritableTensor[] = [];
  for (const name of from.names())
    tensors.push({ name, dtype: "f32", shape: from.info(name).shape, data: await from.readF32(name) });
  const at = join(dir, "copy/of");
  await writeCheckpoint(at, { config, tensors });
  // Its tensors of the extra layer are not there.
  expect(await readConfig(at)).toEqual({ ...config, numNextnPredictLayers: 0 });
  const copy = await openCheckpoint(at);
  expect(copy.names().sort()).toEqual(from.names().sort());
  for (const { name, data } of tensors) expect(await copy.readF32(name)).toEqual(data);
  await copy.close();
  await from.close();
});
