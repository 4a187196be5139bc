import { describe, expect, test } from "vitest";
import { checkDevice, checkGradient } from "./conformance.js";
import { createDevice, deviceNames, unavailableReason } from "./devices/index.js";
import { casesByOp } from "./ops/cases.js";

const required = process.env.CACHALOT_REQUIRE?.split(",") ?? [];
const casesOf = (op: string) => casesByOp.get(op)!.filter(({ benchOnly }) => !benchOnly);
const ops = [...casesByOp.keys()];

const derivableCasesOf = (op: string) =>
  casesOf(op).filter((opCase) => opCase.op.gradient && opCase.inputs.some((input) => input?.grad));

describe.each(ops.filter((op) => derivableCasesOf(op).length > 0))("the reference of %s", (op) => {
  test.each(derivableCasesOf(op))("$name: its gradient is the derivative", async (opCase) => {
    for (const { what, error, tolerance } of await checkGradient(opCase)) expect(error, what).toBeLessThan(tolerance);
  });
});

describe.each(deviceNames.filter((name) => name !== "reference"))("the %s device", (name) => {
  const reason = unavailableReason(name);

  test.runIf(required.includes(name))("is available where CACHALOT_REQUIRE asks for it", () => {
    expect(reason).toBeUndefined();
  });

  describe.skipIf(reason)(
    reason ? `agrees with the reference (skipped: ${reason})` : "agrees with the reference",
    () => {
      // One device for all cases: what one leaves in its memory must not matter to the next.
      const device = reason ? undefined : createDevice(name);
      describe.each(ops)("%s", (op) => {
        test.each(casesOf(op))("$name", async (opCase) => {
          for (const { what, error, tolerance } of await checkDevice(device!, opCase))
            expect(error, what).toBeLessThanOrEqual(tolerance);
        });
      });
    },
  );
});
