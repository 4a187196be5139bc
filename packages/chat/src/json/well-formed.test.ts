import fc from "fast-check";
import { expect, test } from "vitest";
import { wellFormed, wellFormedJson } from "./well-formed.js";

/** Text of any 16-bit units. */
const anything = fc.array(fc.integer({ min: 0xd700, max: 0xe010 })).map((units) => String.fromCharCode(...units));

test("data becomes well-formed in all its strings, and what is well-formed stays the same object", () => {
  fc.assert(
    fc.property(fc.dictionary(anything, fc.array(anything)), (value) => {
      const formed = wellFormed(value);
      for (const [key, items] of Object.entries(formed)) {
        expect(key.isWellFormed()).toBe(true);
        expect(items.every((item) => item.isWellFormed())).toBe(true);
      }
      expect(wellFormed(formed)).toBe(formed);
    }),
  );
});

test("JSON text becomes well-formed, escapes included, and keeps its meaning otherwise", () => {
  fc.assert(
    fc.property(anything, fc.string({ unit: "binary" }), (bad, good) => {
      const text = JSON.stringify({ bad, good });
      const escaped = text.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
      for (const json of [text, escaped])
        expect(JSON.parse(wellFormedJson(json))).toEqual({ bad: bad.toWellFormed(), good });
    }),
  );
  // A backslash before a u is not an escape.
  expect(wellFormedJson(String.raw`{"path":"C:\\ud83d"}`)).toBe(String.raw`{"path":"C:\\ud83d"}`);
  expect(wellFormedJson(String.raw`["😀","\ud83d"]`)).toBe(String.raw`["😀","\ufffd"]`);
});
