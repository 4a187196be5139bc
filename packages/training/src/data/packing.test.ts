import fc from "fast-check";
import { expect, test } from "vitest";
import { pickPart } from "./dataset.js";
import { emptyBatch, packRows, writeRow } from "./packing.js";
import { TokenFileBuilder } from "./token-file.js";

/** Documents whose tokens are all different, so that a token tells where it came from. Token 1 of each is masked. */
function fileOf(lengths: readonly number[]) {
  const builder = new TokenFileBuilder();
  let next = 10;
  for (const length of lengths) {
    const tokens = Array.from({ length }, () => next++);
    builder.add(
      tokens,
      Uint8Array.from(tokens, (_, i) => (i > 1 ? 1 : 0)),
    );
  }
  return builder.build();
}

const lengths = fc.array(fc.integer({ min: 2, max: 90 }), { minLength: 1, maxLength: 60 });
const policies = fc.constantFrom("split" as const, "cut" as const);

test("every document is packed once; rows never overflow", () => {
  fc.assert(
    fc.property(lengths, policies, fc.integer({ min: 4, max: 64 }), (sizes, policy, seq) => {
      const { offsets } = fileOf(sizes);
      const rows = packRows(offsets, seq, policy, 3);
      const pieces = rows.flat().sort((a, b) => a.start - b.start);
      for (const row of rows) expect(row.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(seq);
      if (policy === "cut") {
        expect(pieces.map(({ start }) => start)).toEqual([...offsets.slice(0, -1)]);
        expect(pieces.map(({ length }) => length)).toEqual(sizes.map((size) => Math.min(size, seq)));
      } else {
        const packed = pieces.reduce((sum, { length }) => sum + length, 0);
        const total = sizes.reduce((sum, size) => sum + size, 0);
        expect(total - packed).toBeLessThanOrEqual(rows.length + sizes.length);
      }
    }),
  );
});

test("targets are the next learnt token of the same document, positions and starts are per document", () => {
  fc.assert(
    fc.property(lengths, policies, fc.integer({ min: 4, max: 64 }), (sizes, policy, seq) => {
      const file = fileOf(sizes);
      const rows = packRows(file.offsets, seq, policy, 5);
      const batch = emptyBatch(rows.length, seq, 2);
      rows.forEach((row, b) => {
        writeRow(batch, b, row, file);
      });
      const documentOf = (token: number) => file.offsets.findLastIndex((offset) => offset <= token - 10);
      for (let i = 0; i < batch.inputs.length; i++) {
        const [token, target] = [batch.inputs[i]!, batch.targets[i]!];
        const column = i % seq;
        expect(column - batch.positions[i]!).toBe(batch.documentStart[i]);
        if (token === 2) expect(target).toBe(-100);
        else {
          const start = batch.inputs[i - batch.positions[i]!]!;
          expect(documentOf(start)).toBe(documentOf(token));
          expect(start + batch.positions[i]!).toBe(token);
          const learnt = file.mask[token - 10 + 1] === 1 && documentOf(token) === documentOf(token + 1);
          expect(target).toBe(learnt ? token + 1 : -100);
        }
      }
    }),
    { numRuns: 50 },
  );
});

test("rows waste little on padding", () => {
  const sizes = Array.from({ length: 2000 }, (_, i) => 20 + ((i * 7919) % 700));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  for (const policy of ["split", "cut"] as const) {
    expect(packRows(fileOf(sizes).offsets, 1024, policy, 1).length * 1024).toBeLessThan(total * 1.02);
  }
});

test("rows are dealt to parts evenly, and each part's rows are numbered without gaps", () => {
  const shares = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.integer({ min: 1, max: 9 }), { minKeys: 1 });
  fc.assert(
    fc.property(shares, (parts) => {
      const seen: Record<string, number> = {};
      const sum = Object.values(parts).reduce((x, y) => x + y, 0);
      for (let n = 0; n < 200; n++) {
        const { part, index } = pickPart(parts, n);
        expect(index).toBe(seen[part] ?? 0);
        seen[part] = index + 1;
      }
      for (const [part, share] of Object.entries(parts)) {
        expect(Math.abs((seen[part] ?? 0) - (200 * share) / sum)).toBeLessThan(3);
      }
    }),
  );
});
