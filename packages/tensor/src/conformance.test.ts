import { describe, expect, test } from "vitest";
import { checkDevice, checkGradient } from "./conformance.js";
import { createDevice, unavailableReason } from "./devices/index.js";
import { casesByOp } from "./ops/cases.js";

const cpuReason = unavailableReason("cpu");
const required = process.env.CACHALOT_REQUIRE?.split(",") ?? [];

test("the cpu device is available where CACHALOT_REQUIRE asks for it", () => {
  if (required.includes("cpu")) expect(cpuReason).toBeUndefined();
});

for (const [name, cases] of casesByOp)
  describe(name, () => {
    for (const opCase of cases.filter((candidate) => !candidate.benchOnly)) {
      if (opCase.op.gradient && opCase.inputs.some((input) => input?.grad))
        test(`${opCase.name}: gradient is the derivative`, () => {
          for (const { what, error, tolerance } of checkGradient(opCase)) expect(error, what).toBeLessThan(tolerance);
        });
      test.skipIf(cpuReason)(
        `${opCase.name}: cpu agrees with reference${cpuReason ? ` (skipped: ${cpuReason})` : ""}`,
        () => {
          for (const { what, error, tolerance } of checkDevice(createDevice("cpu"), opCase))
            expect(error, what).toBeLessThanOrEqual(tolerance);
        },
      );
    }
  });
