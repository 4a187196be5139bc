import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openCheckpoint } from "../checkpoint/index.js";
import { golden } from "../testing/golden.js";
import { blobSource } from "./blob-source.js";

const bytesOf = (values: Float32Array) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);

test("files a page was given are a checkpoint", async () => {
  const dir = golden("plain");
  const blobs = readdirSync(dir).map((name) => [name, new Blob([readFileSync(join(dir, name))])] as const);
  const [given, own] = [await openCheckpoint(blobSource(new Map(blobs))), await openCheckpoint(dir)];
  expect(given.names()).toEqual(own.names());
  for (const name of own.names())
    expect(bytesOf(await given.readF32(name)).equals(bytesOf(await own.readF32(name))), name).toBe(true);
  await own.close();
});

test("a missing file names what was given", async () => {
  await expect(openCheckpoint(blobSource(new Map()))).rejects.toMatchObject({
    code: "missing_file",
    message: expect.stringContaining("the given files holds neither"),
  });
});
