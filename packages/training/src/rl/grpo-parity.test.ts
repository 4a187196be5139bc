import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { grpoParity } from "./grpo-parity.js";

const golden = fileURLToPath(new URL("../../../../test/golden/rl/grpo.json", import.meta.url));

test("all golden cases agree to 1e-12", async () => {
  const cases = await grpoParity(golden);
  expect(cases).toHaveLength(8);
  for (const { name, worst, error } of cases) expect(error, `${name}: ${worst}`).toBeLessThan(1e-12);
  expect(new Set(cases.map(({ name }) => name)).size).toBe(8);
});

test("a file of another layout is refused by case and field", async () => {
  const dir = await mkdtemp(join(tmpdir(), "grpo-"));
  const bad = join(dir, "bad.json");
  await writeFile(bad, "[{}]");
  await expect(grpoParity(bad)).rejects.toMatchObject({ code: "bad_golden", message: expect.stringContaining("0.kl") });
  await writeFile(bad, "{");
  await expect(grpoParity(bad)).rejects.toMatchObject({ code: "bad_golden", message: expect.stringContaining("JSON") });
});
