import { calculate } from "@cachalot/agent";
import { calculatorProblems } from "@cachalot-recipes/embedded";
import { expect, test } from "vitest";

test("the calculator answers exactly what the training conversations show", () => {
  for (const { expression, result } of calculatorProblems(1, 2000)) expect(calculate(expression)).toBe(result);
});
