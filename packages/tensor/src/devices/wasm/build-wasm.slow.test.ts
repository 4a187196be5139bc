import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { checkDevice } from "../../conformance.js";
import { casesByOp } from "../../ops/cases.js";
import { compile } from "./kernel-module.js";
import { WasmDevice } from "./wasm-device.js";

const packageRoot = fileURLToPath(new URL("../../../", import.meta.url));
const dir = mkdtempSync(join(tmpdir(), "cachalot-wasm-test-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Built {
  sources: string;
  compiler: string;
}
const recordOf = (path: string): Built => JSON.parse(readFileSync(path, "utf8")) as Built;

test("what the sources give now is the file that is checked in", async ({ skip }) => {
  const fresh = join(dir, "kernels.wasm");
  const build = spawnSync(process.execPath, [join(packageRoot, "native/build-wasm.mjs"), "--out", fresh], {
    encoding: "utf8",
  });
  if (build.status !== 0 && !process.env.CACHALOT_REQUIRE?.split(",").includes("wasm")) skip(build.stderr);
  expect(build.status, build.stderr).toBe(0);
  const [ours, theirs] = [recordOf(join(packageRoot, "wasm/kernels.json")), recordOf(join(dir, "kernels.json"))];
  expect(theirs.sources).toBe(ours.sources);
  // Another compiler gives other bytes; what it gives must still pass.
  if (theirs.compiler === ours.compiler)
    expect(readFileSync(fresh).equals(readFileSync(join(packageRoot, "wasm/kernels.wasm")))).toBe(true);
  const device = WasmDevice.of(compile(readFileSync(fresh)));
  for (const [op, cases] of casesByOp)
    for (const opCase of cases.filter(({ benchOnly }) => !benchOnly))
      for (const { what, error, tolerance } of await checkDevice(device, opCase))
        expect(error, `${op}, ${opCase.name}: ${what}`).toBeLessThanOrEqual(tolerance);
});
