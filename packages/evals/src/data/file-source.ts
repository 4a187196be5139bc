/** Benchmarks over a file: the bundled one, or the user's. */

import { fileURLToPath } from "node:url";
import type { Benchmark, Item, ItemRequest } from "../benchmark.js";
import { EvalsError } from "../errors.js";
import { type Row, readRows } from "./read-rows.js";

export interface FileDefinition {
  name: string;
  description: string;
  licence: string;
  /** File in this package's `data`, where its licence allows to bundle it. */
  bundled?: string;
  /** Where it can be had. */
  where: string;
  /** What a row looks like. */
  expects: string;
  /** Rows that are no part of the benchmark are left out. */
  keep?(row: Row): boolean;
  /** Adds what stands in other files beside this one. */
  complete?(rows: readonly Row[], path: string): Promise<readonly Row[]>;
}

interface FileSource<D> extends FileDefinition {
  /** @param number of the row, from 1. @throws EvalsError `bad_data` */
  item(row: Row, number: number, request: ItemRequest): Item<D>;
}

/** What a benchmark of a file has beside its rules. */
export function fileSource<D>({
  name,
  description,
  licence,
  bundled,
  where,
  expects,
  keep = () => true,
  complete = async (rows) => rows,
  item,
}: FileSource<D>): Pick<Benchmark<D>, "name" | "description" | "licence" | "source" | "items"> {
  return {
    ...{ name, description, licence },
    source: { bundled: bundled !== undefined, where, expects },
    async *items(request) {
      const path = request.data ?? (bundled && fileURLToPath(new URL(`../../data/${bundled}`, import.meta.url)));
      if (path === undefined)
        throw new EvalsError(
          "missing_data",
          `${name} is not bundled: its licence does not allow it. Get it from ${where} and pass --data FILE; a row is ${expects}`,
        );
      const rows = (await complete(await readRows(path, request.data ?? bundled), path)).filter(keep);
      const ids = new Map<string, string>();
      for (const [i, row] of rows.entries()) {
        const made = item(row, i + 1, request);
        const before = ids.get(made.id);
        if (before !== undefined)
          throw new EvalsError(
            "bad_data",
            `${row.where}: id ${made.id} is that of ${before} too; give every row its own`,
          );
        ids.set(made.id, row.where);
        yield made;
      }
      if (rows.length === 0) throw new EvalsError("bad_data", `${path} has no rows; expected ${expects}`);
    },
  };
}
