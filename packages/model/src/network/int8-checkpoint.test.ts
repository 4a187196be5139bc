import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultDevice, type Tensor } from "@cachalot/tensor";
import { afterAll, expect, test } from "vitest";
import { manifestSchema, openCheckpoint, writeManifest, writeSafetensors } from "../checkpoint/index.js";
import { fromInt8Rows, toInt8Rows } from "../checkpoint/int8-rows.js";
import { readConfig } from "../config/index.js";
import { golden } from "../testing/golden.js";
import { loadParameters } from "./load.js";
import { saveModel } from "./save.js";
import { mayBeBf16 } from "./weight-dtype.js";
import { parameterSpecs } from "./weights.js";

const dir = mkdtempSync(join(tmpdir(), "int8-checkpoint-"));
afterAll(() => rmSync(dir, { recursive: true }));
const device = defaultDevice();
const values = (parameters: ReadonlyMap<string, Tensor>, name: string) =>
  device.read(parameters.get(name)! as Tensor<"f32">);

test("a row of 8 bits is as near as half its scale, and zeros stay zeros", () => {
  const values = Float32Array.of(1, -0.5, 0.003, 0, 0, 0, 200, -254, 1);
  const rows = toInt8Rows(values, 3);
  expect([...rows.values.subarray(3, 9)]).toEqual([0, 0, 0, 100, -127, 1]);
  fromInt8Rows(rows).forEach((value, i) => {
    expect(Math.abs(value - values[i]!)).toBeLessThanOrEqual(rows.scales[Math.floor(i / 3)]! / 2 + 1e-6);
  });
});

test("a model saved as 8-bit rows loads as what the rows stand for; a second conversion rounds nothing anew", async () => {
  const config = await readConfig(golden("plain"));
  const parameters = await loadParameters(golden("plain"), config, device);
  const at = join(dir, "q8");
  await saveModel(at, config, parameters, { dtype: "q8" });
  expect(await readConfig(at)).toEqual(config);
  const loaded = await loadParameters(at, config, device);
  let largest = 0;
  for (const spec of parameterSpecs(config)) {
    const [given, found] = [await values(parameters, spec.name), await values(loaded, spec.name)];
    if (!mayBeBf16(spec)) {
      expect(found, spec.name).toEqual(given);
      continue;
    }
    expect(found, spec.name).toEqual(fromInt8Rows(toInt8Rows(given, spec.shape.at(-1)!)));
    largest = Math.max(largest, ...given.map((value, i) => Math.abs(value - found[i]!)));
  }
  expect(largest).toBeGreaterThan(0);

  const again = join(dir, "again");
  await saveModel(again, config, loaded, { dtype: "q8" });
  const [first, second] = await Promise.all([openCheckpoint(at), openCheckpoint(again)]);
  for (const name of first.names().filter((name) => first.info(name).dtype === "I8"))
    expect((await second.read(name)).data, name).toEqual((await first.read(name)).data);
  await Promise.all([first.close(), second.close()]);
});

test("shards hold what one file holds, replace it, and have their checksums in the manifest", async () => {
  const config = await readConfig(golden("plain"));
  const parameters = await loadParameters(golden("plain"), config, device);
  const at = join(dir, "sharded");
  await saveModel(at, config, parameters, { dtype: "f32" });
  await saveModel(at, config, parameters, { dtype: "f32", shardBytes: 20_000 });
  const { files } = await writeManifest(at);
  expect(manifestSchema.parse(JSON.parse(readFileSync(join(at, "manifest.json"), "utf8")))).toEqual({ files });
  const shards = readdirSync(at).filter((name) => name.endsWith(".safetensors"));
  expect(shards.length).toBeGreaterThan(2);
  expect(shards).not.toContain("model.safetensors");
  for (const { name, bytes, sha256 } of files) {
    const data = readFileSync(join(at, name));
    expect([data.length, createHash("sha256").update(data).digest("hex")]).toEqual([bytes, sha256]);
  }
  const loaded = await loadParameters(at, config, device);
  for (const name of parameters.keys())
    expect(await values(loaded, name), name).toEqual(await values(parameters, name));
  await saveModel(at, config, parameters, { dtype: "f32" });
  expect(readdirSync(at).filter((name) => /safetensors/.test(name))).toEqual(["model.safetensors"]);
});

test("integers without their scales are refused by name", async () => {
  const path = join(dir, "bare.safetensors");
  await writeSafetensors(path, [{ name: "w", dtype: "i8", shape: [2, 2], data: new Int8Array(4) }]);
  const checkpoint = await openCheckpoint(path);
  await expect(checkpoint.readF32("w")).rejects.toMatchObject({
    code: "missing_tensor",
    message: expect.stringContaining("w_scale"),
  });
  await checkpoint.close();
});
