import { fileURLToPath } from "node:url";
import { createDevice, unavailableReason } from "@cachalot/tensor";
import { expect, test } from "vitest";
import { checkTraining } from "./check-training.js";

const golden = (name: string) => fileURLToPath(new URL(`../../../../test/golden/model/${name}`, import.meta.url));
const devices = (["reference", "cpu"] as const).filter((name) => !unavailableReason(name));

test.each(devices)("losses and all gradients of every stage agree in both MLA forms on %s", async (device) => {
  const checks = await checkTraining(golden("plain"), { device: createDevice(device) });
  expect(checks).toHaveLength(16);
  for (const { file, what, error, tolerance } of checks)
    expect(error, `${file}: ${what}`).toBeLessThanOrEqual(tolerance);
});

test("a directory without training goldens has nothing to compare", async () => {
  expect(await checkTraining(golden("yarn"), { device: createDevice("reference") })).toEqual([]);
});
