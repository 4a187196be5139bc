import fc from "fast-check";
import { expect, test } from "vitest";
import { configText, formatConfig, parseConfig } from "../config/index.js";
import { publishedConfig } from "../testing/published-config.js";
import { stringifyWithFloats } from "./float-fields.js";

test("every floating-point field of a config has a point or an exponent, and no other number has", () => {
  const text = configText(formatConfig(parseConfig(publishedConfig)));
  const numbers = new Map(Array.from(text.matchAll(/"(\w+)": (-?[\d.e+-]+)/g), ([, key, value]) => [key, value]));
  const floats = [...numbers].filter(([, value]) => /[.e]/.test(value!)).map(([key]) => key);
  expect(floats.sort()).toEqual([
    "beta_fast",
    "beta_slow",
    "factor",
    "mscale",
    "mscale_all_dim",
    "rms_norm_eps",
    "rope_theta",
    "routed_scaling_factor",
  ]);
  expect(numbers.get("rope_theta")).toBe("10000.0");
  expect(numbers.get("hidden_size")).toBe("7168");
});

test("what is written is the same JSON value, whatever the texts and numbers in it", () => {
  const value = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));
  fc.assert(
    fc.property(value, fc.array(fc.string()), (json, fields) => {
      const expected = JSON.parse(JSON.stringify(json));
      expect(JSON.parse(stringifyWithFloats(json, new Set([...fields, ...Object.keys(json)])))).toEqual(expected);
    }),
  );
  expect(stringifyWithFloats({ a: 1, b: [1], c: 1e21, d: 0.5, e: -0 }, new Set(["a", "b", "c", "d", "e"]))).toBe(
    '{\n  "a": 1.0,\n  "b": [\n    1\n  ],\n  "c": 1e+21,\n  "d": 0.5,\n  "e": 0.0\n}\n',
  );
});
