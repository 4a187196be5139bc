import { createDevice, deviceNames, unavailableReason } from "@cachalot/tensor";
import { expect, test } from "vitest";
import { golden } from "../testing/golden.js";
import { checkForward } from "./parity.js";

const devices = deviceNames.filter((name) => !unavailableReason(name));

for (const device of devices)
  for (const name of ["plain", "yarn", "fp8"] as const)
    test(`${name} on ${device}: logits, scores and selections agree in both MLA forms`, async () => {
      const checks = await checkForward(golden(name), { device: createDevice(device) });
      expect(checks).toHaveLength(8);
      for (const { file, what, error, tolerance } of checks)
        expect(error, `${file}: ${what}`).toBeLessThanOrEqual(tolerance);
    });

test("a directory without golden files is refused", async () => {
  await expect(checkForward("nowhere", { device: createDevice("reference") })).rejects.toMatchObject({
    code: "missing_file",
  });
});
