import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ChatError } from "../errors.js";
import { runs } from "../testing/arbitraries.js";
import { LosslessNumber, MAX_JSON_DEPTH, parseLosslessJson } from "./lossless-json.js";
import { pythonFloatRepr } from "./python-float.js";
import { escapeJsonString, formatPythonJson } from "./python-json.js";

const fixture = (name: string): string[] =>
  readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8")
    .trimEnd()
    .split("\n");

function doubleFromBits(hex: string): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(`0x${hex}`));
  return view.getFloat64(0);
}

test("floats print as CPython prints them", () => {
  const rows = fixture("python-float-repr.txt").map((line) => line.split(" ") as [string, string]);
  expect(rows.length).toBeGreaterThan(500);
  expect(rows.map(([bits]) => pythonFloatRepr(doubleFromBits(bits)))).toEqual(rows.map(([, repr]) => repr));
});

describe("agrees with CPython's json.loads and json.dumps", () => {
  const cases = fixture("python-json.jsonl").map((line) => JSON.parse(line) as { json: string; python: string | null });
  test.each(cases)("$json", ({ json, python }) => {
    if (python === null) expect(() => parseLosslessJson(json)).toThrow(ChatError);
    else expect(formatPythonJson(parseLosslessJson(json))).toBe(python);
  });
});

test("agrees with JSON.parse on what it reads", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(JSON.parse(formatPythonJson(parseLosslessJson(text)))).toEqual(JSON.parse(text));
    }),
    runs,
  );
});

test("refuses and accepts what JSON.parse does, non-finite numbers aside", () => {
  const fragments = fc.constantFrom(
    ...'{}[]:,"\\ \n0123.eE+-tfnu'.split(""),
    ...["true", "null", '"a"', "\\u0041", "-0", "1e5", "NaN"],
  );
  const ok = (parse: (text: string) => unknown) => (text: string) => {
    try {
      parse(text);
      return true;
    } catch {
      return false;
    }
  };
  const ours = ok((text) => parseLosslessJson(text, { allowNonFinite: false }));
  fc.assert(
    fc.property(fc.array(fragments, { maxLength: 8 }), (parts) => {
      expect(ours(parts.join(""))).toBe(ok(JSON.parse)(parts.join("")));
    }),
    runs,
  );
});

test("plain data prints as Python prints its JSON.stringify", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(formatPythonJson(value)).toBe(formatPythonJson(parseLosslessJson(JSON.stringify(value))));
    }),
    runs,
  );
  expect(formatPythonJson({ a: undefined, b: [undefined], c: 1e21, d: 12n, e: -0 })).toBe(
    '{"b": [null], "c": 1e+21, "d": 12, "e": 0}',
  );
  expect(formatPythonJson(new Map([["10", new LosslessNumber("1.0")]]))).toBe('{"10": 1.0}');
  expect(() => formatPythonJson({ f: () => 1 })).toThrow("is not JSON");
});

test("escaping works piecewise", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.nat(), (text, n) => {
      const at = n % (text.length + 1);
      expect(escapeJsonString(text.slice(0, at)) + escapeJsonString(text.slice(at))).toBe(escapeJsonString(text));
    }),
    runs,
  );
});

test("nesting ends in an error, not in a stack overflow", () => {
  const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
  expect(formatPythonJson(parseLosslessJson(nested(MAX_JSON_DEPTH)))).toBe(nested(MAX_JSON_DEPTH));
  expect(() => parseLosslessJson(nested(1_000_000))).toThrow("nesting deeper than 1000");
  let value: unknown = null;
  for (let i = 0; i < 100_000; i++) value = [value];
  expect(() => formatPythonJson(value)).toThrow("nested deeper than 1000");
  const loop: { self?: unknown } = {};
  loop.self = loop;
  expect(() => formatPythonJson(loop)).toThrow("circular");
});
