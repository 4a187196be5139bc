import fc from "fast-check";
import { expect, test } from "vitest";
import { createBoundedOutput } from "./bounded-output.js";

test("however it arrives: all of it up to the limit, then its beginning and its end", () => {
  const piece = fc.string({ unit: "grapheme-ascii", maxLength: 12 });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.integer({ min: 1, max: 60 }), (pieces, limit) => {
      const kept = createBoundedOutput(limit);
      for (const text of pieces) kept.push(Buffer.from(text));
      const all = pieces.join("");
      const [head, tail] = [all.slice(0, Math.ceil(limit / 2)), all.slice(all.length - Math.floor(limit / 2))];
      const gone = all.length - limit;
      expect(kept.bytes).toBe(all.length);
      expect(kept.text()).toBe(gone <= 0 ? all : `${head}\n[… ${gone} bytes left out …]\n${tail}`);
    }),
    { seed: 1, numRuns: 500 },
  );
});
