import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "@cachalot/tensor";
import { afterAll, expect, test } from "vitest";
import { readConfig } from "../config/index.js";
import { ModelError } from "../errors.js";
import { golden } from "../testing/golden.js";
import { openCheckpoint, writeSafetensors } from "./index.js";

const dir = mkdtempSync(join(tmpdir(), "fuzz-"));
afterAll(() => rmSync(dir, { recursive: true }));

const MUTATIONS = 2000;
/** Far above the files read here, far below what a hostile size could ask for. */
const MEMORY_LIMIT = 300 * 2 ** 20;

/** One to three flips, insertions, deletions, digit changes or a cut, somewhere in `bytes`. */
function mutate(bytes: Uint8Array, random: Random, end = bytes.length): Buffer {
  let result = Buffer.from(bytes);
  for (let n = 1 + random.integer(3); n > 0; n--) {
    const at = random.integer(Math.min(end, result.length) || 1);
    const byte = random.integer(256);
    const kind = random.integer(6);
    if (kind === 0) result[at] = byte;
    else if (kind === 1) result = Buffer.concat([result.subarray(0, at), Buffer.of(byte), result.subarray(at)]);
    else if (kind === 2) result = Buffer.concat([result.subarray(0, at), result.subarray(at + 1)]);
    else if (kind === 3) result[at] = (result[at] ?? 0) ^ (1 << random.integer(8));
    else if (kind === 4) result = result.subarray(0, at);
    else {
      // A digit elsewhere in a number: sizes and offsets that are wrong but well-formed.
      const digit = result.findIndex((value, i) => i >= at && value >= 0x30 && value <= 0x39);
      const more = Buffer.from(["9", "-", "0", "1e9", ".5", "99999999999999"][random.integer(6)]!);
      if (digit >= 0) result = Buffer.concat([result.subarray(0, digit), more, result.subarray(digit)]);
    }
  }
  return result;
}

/** Runs `action`; true when it succeeded, false when it threw a ModelError. Anything else fails the test. */
async function succeeds(action: () => Promise<unknown>): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    if (error instanceof ModelError) return false;
    throw error;
  }
}

async function readAll(path: string): Promise<void> {
  const checkpoint = await openCheckpoint(path);
  try {
    for (const name of checkpoint.names()) await checkpoint.read(name);
    for (const name of checkpoint.names())
      if (!/^[IUB]|E5M2/.test(checkpoint.info(name).dtype)) await checkpoint.readF32(name);
  } finally {
    await checkpoint.close();
  }
}

test("a damaged safetensors file is read or refused, never anything else", async () => {
  const path = join(dir, "model.safetensors");
  await writeSafetensors(path, [
    { name: "model.norm.weight", dtype: "f32", shape: [6], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
    { name: "model.layers.0.w", dtype: "bf16", shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
    { name: "tokens", dtype: "i64", shape: [1, 2], data: BigInt64Array.of(1n, 2n) },
  ]);
  const valid = await readFile(path);
  const header = 8 + Number(valid.readBigUInt64LE());
  const random = new Random(11);
  let read = 0;
  for (let i = 0; i < MUTATIONS; i++) {
    writeFileSync(path, mutate(valid, random, i % 4 ? header : valid.length));
    if (await succeeds(() => readAll(path))) read++;
  }
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(MUTATIONS / 2);
  expect(process.memoryUsage().arrayBuffers).toBeLessThan(MEMORY_LIMIT);
});

test("a damaged config.json is read or refused, never anything else", async () => {
  const valid = await readFile(join(golden("yarn"), "config.json"));
  const path = join(dir, "config.json");
  const random = new Random(12);
  let read = 0;
  for (let i = 0; i < MUTATIONS; i++) {
    writeFileSync(path, mutate(valid, random));
    if (await succeeds(() => readConfig(path))) read++;
  }
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(MUTATIONS / 2);
});

test("a damaged index is read or refused, never anything else", async () => {
  const at = mkdtempSync(join(dir, "shards-"));
  const tensor = { dtype: "f32", shape: [1], data: Float32Array.of(1) } as const;
  await writeSafetensors(join(at, "a.safetensors"), [{ name: "x", ...tensor }]);
  await writeSafetensors(join(at, "b.safetensors"), [{ name: "y", ...tensor }]);
  const valid = Buffer.from(
    JSON.stringify({ metadata: { total_size: 8 }, weight_map: { x: "a.safetensors", y: "b.safetensors" } }),
  );
  const random = new Random(13);
  let read = 0;
  for (let i = 0; i < MUTATIONS / 4; i++) {
    writeFileSync(join(at, "model.safetensors.index.json"), mutate(valid, random));
    if (await succeeds(() => readAll(at))) read++;
  }
  expect(read).toBeGreaterThan(0);
});
