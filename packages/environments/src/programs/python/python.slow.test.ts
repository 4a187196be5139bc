import { sandboxUnavailableReason } from "@cachalot/agent";
import fc from "fast-check";
import { expect, test } from "vitest";
import { tasksetNamed } from "../../tasksets/index.js";
import { pythonExpressions } from "../../testing/python-expressions.js";
import { evaluatePython } from "./evaluate.js";
import { evaluateInSandbox, type PythonCase } from "./in-sandbox.js";
import { fromData, PythonError, toData } from "./value.js";

const required = process.env.CACHALOT_REQUIRE?.split(",").includes("sandbox") === true;
const withoutSandbox = required ? undefined : await sandboxUnavailableReason();

function here({ expression, x }: PythonCase): { value: unknown } | undefined {
  try {
    return { value: toData(evaluatePython(expression, { x: fromData(x) })) };
  } catch (error) {
    if (error instanceof PythonError) return undefined;
    throw error;
  }
}

test.skipIf(withoutSandbox)("the interpreter says what Python says, of thousands of expressions", async () => {
  const cases = fc
    .sample(fc.tuple(pythonExpressions, fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 6 })), {
      ...{ numRuns: 5000, seed: 7 },
    })
    .map(([expression, x]) => ({ expression, x }))
    .filter(({ expression }) => expression.length < 400);
  const python = await evaluateInSandbox(cases);
  const differing = cases.flatMap((one, i) => {
    const mine = here(one);
    // Numbers past 2^53 are no JSON of ours; the limits refuse what Python would go on with.
    const beyond = mine === undefined || typeof mine.value === "string";
    if (beyond && python[i] !== undefined) return [];
    return JSON.stringify(mine) === JSON.stringify(python[i]) ? [] : [{ ...one, mine, python: python[i] }];
  });
  expect(differing).toEqual([]);
  const understood = cases.filter((one, i) => python[i] !== undefined && here(one) !== undefined).length;
  const refused = cases.filter((one, i) => python[i] !== undefined && here(one) === undefined).length;
  expect(understood).toBeGreaterThan(2000);
  expect(refused).toBeLessThan(cases.length / 100);
});

test.skipIf(withoutSandbox)("demonstrated expressions do in Python what their examples say", async () => {
  const taskset = tasksetNamed("python-expression");
  const cases: (PythonCase & { output: unknown })[] = [];
  for (let level = 0; level < taskset.levels; level++)
    for (let seed = 0; seed < 20; seed++) {
      const task = await taskset.draw({ split: "heldout", level, mode: "chat", seed });
      const expression = taskset.demonstrate(task, "terse")[0]!.content!;
      const { shown, hidden } = task.data as Record<"shown" | "hidden", { input: unknown; output: unknown }[]>;
      for (const { input, output } of [...shown, ...hidden]) cases.push({ expression, x: input, output });
    }
  const outcomes = await evaluateInSandbox(cases);
  expect(outcomes).toEqual(cases.map(({ output }) => ({ value: output })));
});
