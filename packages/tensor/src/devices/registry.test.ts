import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ReferenceDevice } from "./reference/reference-device.js";
import { devicesOf } from "./registry.js";

const create = () => new ReferenceDevice();
const working = { name: "slow", unavailableReason: () => undefined, create } as const;
const broken = { name: "fast", unavailableReason: () => "its driver is missing", create } as const;

test("a device that cannot be used here says why, and which can", () => {
  const registry = devicesOf([broken, working]);
  expect(registry.unavailableReason("fast")).toBe("its driver is missing");
  expect(() => registry.createDevice("fast")).toThrow(
    expect.objectContaining({
      code: "device_unavailable",
      message: "device fast is unavailable: its driver is missing. These work here: slow",
    }),
  );
});

test("a device that does not exist is an error that lists those that do", () => {
  const registry = devicesOf<string>([broken, working]);
  expect(() => registry.createDevice("webgpu")).toThrow('there is no device "webgpu"; there are: fast, slow');
});

test("a device that must be waited for works once it is prepared", async () => {
  let ready = false;
  const late = {
    name: "late",
    unavailableReason: () => (ready ? undefined : "not loaded"),
    create,
    prepare: async () => {
      ready = true;
    },
  } as const;
  const registry = devicesOf([late, working]);
  expect(() => registry.createDevice("late")).toThrow("not loaded");
  await registry.openDevice();
  expect(() => registry.createDevice("late")).not.toThrow();
});

test("a device whose preparation fails is passed over, or is the error where it was asked for by name", async () => {
  const failing = { ...broken, prepare: () => Promise.reject(new Error("404")) } as const;
  const registry = devicesOf([failing, working]);
  await expect(registry.openDevice()).resolves.toBeInstanceOf(ReferenceDevice);
  await expect(registry.openDevice("fast")).rejects.toThrow("404");
});

test("without the native addon the default device is wasm, with one line on stderr", () => {
  const tensor = fileURLToPath(new URL("../../dist/index.js", import.meta.url));
  const script = `import { defaultDevice } from ${JSON.stringify(tensor)}; defaultDevice(); process.stdout.write(defaultDevice().name)`;
  const out = execFileSync(process.execPath, ["--input-type=module", "-e", `${script}`], {
    env: { ...process.env, CACHALOT_DISABLE_NATIVE: "1" },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  expect(out).toBe("wasm");
});
