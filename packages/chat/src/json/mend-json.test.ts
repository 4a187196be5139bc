import fc from "fast-check";
import { expect, test } from "vitest";
import { cuts, runs, split } from "../testing/arbitraries.js";
import { JsonMender } from "./mend-json.js";

function mend(pieces: readonly string[]) {
  const mender = new JsonMender();
  const text = pieces.map((piece) => mender.push(piece)).join("") + mender.end();
  return { text, slips: mender.slips, rest: mender.rest };
}

test("an object that is valid JSON stays as it is, in any pieces", () => {
  const objects = fc.tuple(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 }), fc.constantFrom(0, 1, 2));
  fc.assert(
    fc.property(objects, cuts, ([value, indent], places) => {
      const json = JSON.stringify(value, null, indent);
      expect(mend(split(json, places))).toEqual({ text: json, slips: 0, rest: "" });
    }),
    runs,
  );
});

test("whatever comes becomes one valid object, the same in any pieces", () => {
  const piece = fc.constantFrom(..."{}[]\":,'\\ux0 \n", "true", "nul", '"a"', "{", '{"a": ', "C:\\work", "1.5", "```");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), cuts, (parts, places) => {
      const text = parts.join("");
      const whole = mend([text]);
      const value: unknown = JSON.parse(whole.text);
      expect(typeof value === "object" && !Array.isArray(value)).toBe(true);
      expect(mend(split(text, places))).toEqual(whole);
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      if (!valid) expect(whole.slips).toBeGreaterThan(0);
    }),
    { ...runs, numRuns: runs.numRuns * 3 },
  );
});

test.each([
  ['{"q": "C:\\work\\x", "n": ', '{"q": "C:\\\\work\\\\x", "n": null}'],
  ['{"q": "C:\\users', '{"q": "C:\\\\users"}'],
  ['{"q": "a\nb"}', '{"q": "a\\nb"}'],
  ['{"q": "x"', '{"q": "x"}'],
  ['{"q": [1, 2, ', '{"q": [1, 2]}'],
  ['{"q": 1,}', '{"q": 1}'],
  ["{'q': 'it is \"so\"'}", '{"q": "it is \\"so\\""}'],
  ["{q: True, n: None}", '{"q": true, "n": null}'],
  ['{"q": 1}}', '{"q": 1}'],
  ['```json\n{"q": 1}\n```', '{"q": 1}'],
  ["", "{}"],
  ["find Kyoto", '{"arguments": "find Kyoto"}'],
  ['["a"]', '{"arguments": "[\\"a\\"]"}'],
  ['[{"a": 1}]', '{"arguments": "[{\\"a\\": 1}]"}'],
])("mends %j to %j", (text, mended) => {
  expect(mend([text]).text).toBe(mended);
});
