import * as fc from "fast-check";
import { expect, test } from "vitest";
import { conversationShares } from "./conversation-shares.js";

const sizes = fc.dictionary(
  fc.string({ minLength: 1 }),
  fc.record({ documents: fc.integer({ min: 1, max: 5000 }), length: fc.integer({ min: 1, max: 2000 }) }),
  { minKeys: 1, maxKeys: 12, noNullPrototype: true },
);

test("rows of these shares hold as many conversations of each part, and are the share that was left", () => {
  fc.assert(
    fc.property(sizes, fc.double({ min: 0.01, max: 1, noNaN: true }), (parts, share) => {
      const size = (part: string) => {
        const { documents, length } = parts[part]!;
        return { documents, tokens: documents * length, learnt: 0 };
      };
      const shares = conversationShares({ size }, Object.keys(parts), share);
      expect(Object.values(shares).reduce((sum, value) => sum + value, 0)).toBeCloseTo(share, 9);
      const conversations = Object.entries(shares).map(([part, value]) => value / parts[part]!.length);
      for (const value of conversations) expect(value).toBeCloseTo(conversations[0]!, 9);
    }),
  );
});
