import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ModelError } from "../errors.js";
import { openCheckpoint } from "./index.js";
import { safetensorsBytes } from "./testing/safetensors-bytes.js";

const dir = mkdtempSync(join(tmpdir(), "bad-files-"));
afterAll(() => rmSync(dir, { recursive: true }));

const entry = (fields: Record<string, unknown> = {}) => ({
  dtype: "F32",
  shape: [2],
  data_offsets: [0, 8],
  ...fields,
});
const one = (fields: Record<string, unknown>, data = 8) => safetensorsBytes(JSON.stringify({ w: entry(fields) }), data);
const lengthOnly = (length: bigint) => {
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64LE(length);
  return bytes;
};
const good = one({});

/** Name, contents, what the message must name, and the code where it is not invalid_checkpoint. */
const files: [string, Uint8Array, RegExp, string?][] = [
  ["no bytes", new Uint8Array(0), /0 bytes/],
  ["seven bytes", new Uint8Array(7), /7 bytes/],
  ["header longer than the file", lengthOnly(9n), /9 bytes/],
  ["header over the limit", lengthOnly(100_000_001n), /100000001/],
  ["header of 2^63 bytes", lengthOnly(2n ** 63n), /9223372036854775808/],
  ["header of 2^64-1 bytes", lengthOnly(2n ** 64n - 1n), /18446744073709551615/],
  ["empty header", safetensorsBytes(""), /not JSON/],
  ["header not UTF-8", safetensorsBytes(Uint8Array.of(0x7b, 0xff, 0x7d)), /not UTF-8/],
  ["header not JSON", safetensorsBytes("{'w': 1}"), /not JSON/],
  ["byte order mark", safetensorsBytes("\ufeff{}"), /not JSON/],
  ["header cut", safetensorsBytes('{"w":{"dtype":"F32"'), /not JSON/],
  ["header a list", safetensorsBytes("[]"), /object/],
  ["header null", safetensorsBytes("null"), /object/],
  ["header a number", safetensorsBytes("1"), /object/],
  ["deep nesting", safetensorsBytes(`{"w":${"[".repeat(1e5)}${"]".repeat(1e5)}}`), /nested/],
  ["unclosed deep nesting", safetensorsBytes(`{"w":${"[".repeat(1e6)}`), /nested/],
  ["tensor twice", safetensorsBytes(`{"w":${JSON.stringify(entry())},"w":${JSON.stringify(entry())}}`, 8), /"w"/],
  ["dtype twice", safetensorsBytes('{"w":{"dtype":"F32","dtype":"I32","shape":[2],"data_offsets":[0,8]}}', 8), /dtype/],
  ["escaped twice", safetensorsBytes(`{"w":${JSON.stringify(entry())},"\\u0077":1}`, 8), /"w"/],
  ["metadata a list", safetensorsBytes('{"__metadata__":[]}'), /__metadata__/],
  ["metadata of numbers", safetensorsBytes('{"__metadata__":{"a":1}}'), /__metadata__/],
  ["tensor null", safetensorsBytes('{"w":null}'), /"w"/],
  ["tensor a list", safetensorsBytes('{"w":[]}'), /"w"/],
  ["unknown field", one({ stride: [1] }), /"w".*stride/],
  ["no dtype", one({ dtype: undefined }), /"w".*dtype/],
  ["dtype a number", one({ dtype: 4 }), /"w".*dtype/],
  ["unknown dtype", one({ dtype: "F4" }), /"w".*F4/, "unsupported_dtype"],
  ["dtype of a prototype", one({ dtype: "toString" }), /"w".*toString/, "unsupported_dtype"],
  ["no shape", one({ shape: undefined }), /"w".*shape/],
  ["shape a number", one({ shape: 2 }), /"w".*shape/],
  ["shape of strings", one({ shape: ["2"] }), /"w".*shape/],
  ["negative dimension", one({ shape: [-2] }), /"w".*shape/],
  ["negative dimensions", one({ shape: [-1, -2] }), /"w".*shape/],
  ["broken dimension", one({ shape: [0.5, 4] }), /"w".*shape/],
  ["dimension over 2^53", one({ shape: [2 ** 60] }), /"w".*shape/],
  ["infinite dimension", safetensorsBytes('{"w":{"dtype":"F32","shape":[1e999],"data_offsets":[0,8]}}', 8), /"w"/],
  ["shape overflow", one({ shape: [2 ** 40, 2 ** 40] }), /"w"/],
  ["shape overflow to 0", one({ shape: [2 ** 50, 2 ** 50, 0], data_offsets: [0, 0] }, 0), /"w".*2\^53/],
  ["no offsets", one({ data_offsets: undefined }), /"w".*data_offsets/],
  ["one offset", one({ data_offsets: [0] }), /"w".*data_offsets/],
  ["three offsets", one({ data_offsets: [0, 8, 8] }), /"w".*data_offsets/],
  ["negative offset", one({ data_offsets: [-8, 0] }), /"w".*data_offsets/],
  ["offset a string", one({ data_offsets: ["0", "8"] }), /"w".*data_offsets/],
  ["offsets reversed", one({ data_offsets: [8, 0] }), /"w" ends \(0\) before it begins \(8\)/],
  ["offsets outside", one({ data_offsets: [8, 16] }), /"w"/],
  ["offsets far outside", one({ shape: [2 ** 50], data_offsets: [0, 2 ** 52] }), /"w"/],
  ["size not of the shape", one({ shape: [3] }), /"w".*12 bytes/],
  ["size not of the dtype", one({ dtype: "I64" }), /"w".*16 bytes/],
  ["gap before", one({ data_offsets: [4, 12] }, 12), /4 bytes before tensor "w"/],
  [
    "gap between",
    safetensorsBytes(JSON.stringify({ v: entry(), w: entry({ data_offsets: [12, 20] }) }), 20),
    /4 bytes before tensor "w"/,
  ],
  ["overlap", safetensorsBytes(JSON.stringify({ v: entry(), w: entry({ data_offsets: [4, 12] }) }), 12), /overlap/],
  ["same place", safetensorsBytes(JSON.stringify({ v: entry(), w: entry() }), 8), /overlap/],
  ["trailing bytes", one({}, 9), /1 bytes at the end/],
  ["data cut", one({}, 7), /"w"/],
  ["bytes of no tensor", safetensorsBytes("{}", 1), /1 bytes/],
];

test.each(files)("refuses a file: %s", async (name, bytes, message, code = "invalid_checkpoint") => {
  const path = join(dir, `${name.replaceAll(" ", "-").replace("^", "")}.safetensors`);
  writeFileSync(path, bytes);
  const error = await failure(path);
  expect(error.code).toBe(code);
  expect(error.message).toContain(path);
  expect(error.message).toMatch(message);
});

const index = (map: unknown) => JSON.stringify({ metadata: { total_size: 8 }, weight_map: map });
const shardOf = (...names: string[]) =>
  safetensorsBytes(
    JSON.stringify(Object.fromEntries(names.map((name, i) => [name, entry({ data_offsets: [8 * i, 8 * i + 8] })]))),
    8 * names.length,
  );
const INDEX = "model.safetensors.index.json";

/** Name, files of the directory, what the message must name, and the code where it is not invalid_checkpoint. */
const directories: [string, Record<string, string | Uint8Array>, RegExp, string?][] = [
  ["nothing", {}, /model\.safetensors/, "missing_file"],
  ["other weights", { "pytorch_model.bin": "x" }, /model\.safetensors/, "missing_file"],
  ["index not JSON", { [INDEX]: "{" }, /not JSON/],
  ["index a list", { [INDEX]: "[]" }, /weight_map/],
  ["no weight_map", { [INDEX]: "{}" }, /weight_map/],
  ["weight_map a list", { [INDEX]: index([]) }, /weight_map/],
  ["weight_map empty", { [INDEX]: index({}) }, /weight_map is empty/],
  ["shard a number", { [INDEX]: index({ w: 1 }) }, /"w"/],
  ["missing shard", { [INDEX]: index({ w: "a.safetensors" }) }, /a\.safetensors/, "missing_file"],
  ["shard above", { [INDEX]: index({ w: "../x.safetensors" }), "../x.safetensors": good }, /\.\.\/x/],
  ["absolute shard", { [INDEX]: index({ w: "/etc/x.safetensors" }) }, /\/etc\/x/],
  ["shard below", { [INDEX]: index({ w: "a/x.safetensors" }), "a/x.safetensors": good }, /a\/x/],
  ["shard of another kind", { [INDEX]: index({ w: "config.json" }) }, /config\.json/],
  ["shard with a NUL", { [INDEX]: index({ w: "a\0.safetensors" }) }, /a/, "missing_file"],
  ["shard a directory", { [INDEX]: index({ w: "a.safetensors" }), "a.safetensors/x": "" }, /a\.safe/, "missing_file"],
  ["tensor missing", { [INDEX]: index({ w: "a.safetensors", x: "a.safetensors" }), "a.safetensors": good }, /x/],
  ["tensor not listed", { [INDEX]: index({ w: "a.safetensors" }), "a.safetensors": shardOf("w", "x") }, /x/],
  [
    "tensor in two shards",
    {
      [INDEX]: index({ w: "a.safetensors", x: "b.safetensors" }),
      "a.safetensors": good,
      "b.safetensors": shardOf("w", "x"),
    },
    /w/,
  ],
  [
    "tensor listed twice",
    { [INDEX]: '{"weight_map":{"w":"a.safetensors","w":"b.safetensors"}}', "a.safetensors": good },
    /"w" appears twice/,
  ],
  ["bad shard", { [INDEX]: index({ w: "a.safetensors" }), "a.safetensors": new Uint8Array(3) }, /a\.safetensors.*3/],
  ["bad config.json", { "model.safetensors": good, "config.json": "{}" }, /config\.json/, "invalid_config"],
];

test.each(directories)("refuses a directory: %s", async (name, contents, message, code = "invalid_checkpoint") => {
  const at = join(dir, "directories", name.replaceAll(" ", "-"), "checkpoint");
  mkdirSync(at, { recursive: true });
  for (const [file, content] of Object.entries(contents)) {
    mkdirSync(dirname(join(at, file)), { recursive: true });
    writeFileSync(join(at, file), content);
  }
  const error = await failure(at);
  expect(error.code).toBe(code);
  expect(error.message).toMatch(message);
});

test("a path that does not exist is missing_file", async () => {
  expect((await failure(join(dir, "absent"))).code).toBe("missing_file");
  expect((await failure(join(dir, "absent.safetensors"))).code).toBe("missing_file");
});

test("a file that becomes shorter after it was opened", async () => {
  const path = join(dir, "shrinks.safetensors");
  writeFileSync(path, good);
  const checkpoint = await openCheckpoint(path);
  truncateSync(path, good.length - 4);
  await expect(checkpoint.read("w")).rejects.toMatchObject({ name: "ModelError", code: "invalid_checkpoint" });
  await checkpoint.close();
});

test("a tensor larger than any memory, in a sparse file, is an error only when read", async () => {
  const path = join(dir, "sparse.safetensors");
  const size = 2 ** 43;
  const header = JSON.stringify({ w: entry({ dtype: "U8", shape: [size], data_offsets: [0, size] }) });
  writeFileSync(path, safetensorsBytes(header));
  truncateSync(path, 8 + header.length + size);
  const checkpoint = await openCheckpoint(path);
  await expect(checkpoint.read("w")).rejects.toMatchObject({ name: "ModelError", code: "invalid_checkpoint" });
  await checkpoint.close();
});

async function failure(path: string): Promise<ModelError> {
  const error: unknown = await openCheckpoint(path).then(
    () => new Error("it opened"),
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(ModelError);
  return error as ModelError;
}
