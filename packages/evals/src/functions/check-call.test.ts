import { type LosslessJson, parseLosslessJson } from "@cachalot/chat";
import { expect, test } from "vitest";
import { type FunctionDescription, faultOf } from "./check-call.js";

const about: FunctionDescription = {
  name: "book",
  properties: new Map(
    Object.entries({
      city: { type: "string", items: undefined },
      nights: { type: "integer", items: undefined },
      price: { type: "float", items: undefined },
      tags: { type: "array", items: "string" },
      guest: { type: "dict", items: undefined },
      pets: { type: "boolean", items: undefined },
    }),
  ),
  required: ["city", "nights"],
};
const possible = parseLosslessJson(
  '{"city": ["New York, NY", "NYC"], "nights": [2], "price": ["", 80.0], "tags": ["", ["Quiet", "sea-side"]], "guest": ["", {"name": ["Ann"], "age": ["", 30]}], "pets": ["", true]}',
) as ReadonlyMap<string, LosslessJson[]>;
const faultWith = (args: string) =>
  faultOf(about, parseLosslessJson(args) as ReadonlyMap<string, LosslessJson>, possible);

test.each([
  '{"city": "NYC", "nights": 2}',
  '{"city": "new york ny", "nights": 2, "price": 80}',
  '{"city": "NYC", "nights": 2, "price": 80.0, "tags": ["quiet", "Seaside"]}',
  '{"city": "NYC", "nights": 2, "guest": {"name": "ann"}}',
  '{"city": "NYC", "nights": 2, "guest": {"name": "Ann", "age": 30}, "pets": true}',
])("%s is a right call", (args) => {
  expect(faultWith(args)).toBe(undefined);
});

test.each([
  ['{"city": "NYC"}', "nights is required and missing"],
  ['{"city": "NYC", "nights": 2, "floor": 3}', "floor is not expected"],
  ['{"city": "Boston", "nights": 2}', "city is"],
  ['{"city": "NYC", "nights": 2.0}', "nights is"],
  ['{"city": "NYC", "nights": "2"}', "nights is"],
  ['{"city": "NYC", "nights": true}', "nights is"],
  ['{"city": "NYC", "nights": 2, "price": 81}', "price is"],
  ['{"city": "NYC", "nights": 2, "tags": ["Seaside", "quiet"]}', "tags is"],
  ['{"city": "NYC", "nights": 2, "tags": ["Quiet", 3]}', "tags is"],
  ['{"city": "NYC", "nights": 2, "guest": {"age": 30}}', "guest is"],
  ['{"city": "NYC", "nights": 2, "guest": {"name": "Ann", "mood": "x"}}', "guest is"],
  ['{"city": "NYC", "nights": 2, "pets": false}', "pets is"],
])("%s is wrong: %s", (args, message) => {
  expect(faultWith(args)).toContain(message);
});
