import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ParquetColumn, readParquet, writeParquet } from "./parquet.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "parquet-"));
});
afterAll(() => rm(dir, { recursive: true }));

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const numbers = fc.array(optional(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })), { maxLength: 4 });
const row = fc.record({
  text: optional(fc.string({ unit: "grapheme" })),
  whole: optional(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  large: optional(fc.maxSafeInteger()),
  float: optional(fc.float()),
  double: optional(fc.double()),
  bytes: optional(fc.uint8Array({ maxLength: 8 })),
  list: optional(numbers),
  nested: optional(fc.array(optional(numbers), { maxLength: 3 })),
  struct: optional(fc.record({ role: optional(fc.string()), ids: optional(numbers) })),
  structs: optional(fc.array(fc.record({ role: fc.string(), n: fc.maxSafeInteger() }), { maxLength: 3 })),
});
type Row = typeof row extends fc.Arbitrary<infer T> ? T : never;
const types: Record<keyof Row, ParquetColumn<Row>["type"]> = {
  ...{ text: "text", whole: "int32", large: "int64", float: "float", double: "double", bytes: "bytes" },
  ...{ list: { list: "int32" }, nested: { list: { list: "int32" } } },
  ...{ struct: { struct: { role: "text", ids: { list: "int32" } } } },
  ...{ structs: { list: { struct: { role: "text", n: "int64" } } } },
};
const columns = Object.entries(types).map(
  ([name, type]): ParquetColumn<Row> => ({ name, type, value: (one) => one[name as keyof Row] }),
);

test("rows of every type are read back as they were written", async () => {
  const path = join(dir, "rows.parquet");
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 5 }), fc.string(), async (rows, about) => {
      await writeParquet(path, columns, rows, { about });
      expect(await readParquet(path)).toEqual({ rows, metadata: { about } });
    }),
    { numRuns: 150 },
  );
});

test("a file that is no Parquet is refused", async () => {
  const path = join(dir, "other");
  await writeFile(path, "rows: 1\n");
  await expect(readParquet(path)).rejects.toThrow();
});

test.each(["float", "double"] as const)("zeros of a %s column keep their signs among many equal ones", async (type) => {
  const path = join(dir, `${type}.parquet`);
  const zeros = Array.from({ length: 200 }, (_, i) => (i % 3 === 0 ? -0 : 0));
  const lists: ParquetColumn<number[]> = { name: "list", type: { list: type }, value: (list) => list };
  const plain: ParquetColumn<number[]> = { name: "one", type, value: (list) => list[0] };
  await writeParquet(path, [lists, plain], [zeros, [0], [-0], [0]]);
  const { rows } = await readParquet(path);
  expect(rows.map(({ list }) => list)).toEqual([zeros, [0], [-0], [0]]);
  expect(rows.map(({ one }) => one)).toEqual([-0, 0, -0, 0]);
});
