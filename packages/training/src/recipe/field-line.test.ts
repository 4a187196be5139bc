import fc from "fast-check";
import { expect, test } from "vitest";
import { fieldDepth, fieldLine } from "./field-line.js";

const TEXT = `{
  "name": "a \\"quoted\\" {name}",
  "stages": [
    { "kind": "dense", "seq": 4 },
    {
      "kind": "grpo", "tasks": {
        "tasksets": { "sorting": {} }
      }
    }
  ],

  "seed": 3
}`;

test.each([
  ["name", 2, 1],
  ["stages", 3, 1],
  ["stages.0.seq", 4, 3],
  ["stages.1", 5, 2],
  ["stages.1.tasks", 6, 3],
  ["stages.1.tasks.tasksets.sorting", 7, 5],
  ["stages.1.missing.more", 5, 2],
  ["seed", 12, 1],
  ["none", 1, 0],
])("the line of %s is %i", (field, line, depth) => {
  expect(fieldLine(TEXT, field.split("."))).toBe(line);
  expect(fieldDepth(TEXT, field.split("."))).toBe(depth);
});

test("every field of any JSON is found, whichever way it is written", () => {
  fc.assert(
    fc.property(fc.object({ maxDepth: 3 }), fc.constantFrom(0, 1, 2), (value, indent) => {
      const json = JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
      const text = JSON.stringify(json, null, indent);
      const visit = (inner: unknown, path: string[]): void => {
        if (path.length > 0) expect(fieldDepth(text, path)).toBe(path.length);
        if (typeof inner !== "object" || inner === null) return;
        for (const [key, next] of Object.entries(inner)) visit(next, [...path, key]);
      };
      visit(json, []);
    }),
    { numRuns: 200 },
  );
});
