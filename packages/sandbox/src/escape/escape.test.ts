import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSandbox, type Sandbox } from "../sandbox.js";
import { withSandbox } from "../testing/with-sandbox.js";
import { type Attempt, commandOf } from "./attempt.js";
import { files } from "./files.js";
import { type HostTargets, hostTargets } from "./host.js";
import { kernel } from "./kernel.js";
import { network } from "./network.js";
import { processes } from "./processes.js";

/** Root of the machine, not of a user namespace. */
const root = process.getuid?.() === 0 && /^\s*0\s+0\s+4294967295/.test(readFileSync("/proc/self/uid_map", "utf8"));

interface Finished {
  stdout: string;
  stderr: string;
  code: number | string | null;
}

/** The same script without a sandbox, beside a secret in its environment. */
function outside(attempt: Attempt, values: Readonly<Record<string, string>>): Promise<Finished> {
  const [program, ...args] = commandOf(attempt, values);
  const env = { PATH: process.env.PATH, CACHALOT_CANARY: "secret" };
  return new Promise((resolve) => {
    execFile(program!, args, { timeout: 20_000, env, cwd: "/tmp" }, (error, stdout, stderr) =>
      resolve({ stdout, stderr, code: error?.code ?? error?.signal ?? 0 }),
    );
  });
}

withSandbox("attempts to get out", () => {
  let sandbox: Sandbox;
  let targets: HostTargets;
  beforeAll(async () => {
    process.env.CACHALOT_CANARY = "secret";
    targets = await hostTargets();
    sandbox = await createSandbox();
  });
  afterAll(async () => {
    await sandbox?.close();
    await targets?.close();
    delete process.env.CACHALOT_CANARY;
  });

  describe.each([
    ["network", network],
    ["files", files],
    ["processes", processes],
    ["kernel", kernel],
  ])("%s", (_, attempts) => {
    test.each(attempts)("$name", async (attempt) => {
      const before = targets.reached;
      const { stdout, stderr, exitCode } = await sandbox.run(commandOf(attempt, targets.values));
      expect(targets.reached, "a listener of this machine was reached").toBe(before);
      expect(stdout).not.toContain("ESCAPED");
      if (attempt.killed) expect(exitCode).toBe(128 + 31);
      else expect(stdout, stderr).toContain("BLOCKED");
      if (attempt.control === "anyone" || (attempt.control === "root" && root)) {
        const control = await outside(attempt, targets.values);
        expect(control.stdout, `outside: ${control.stderr} ${control.code}`).toContain("ESCAPED");
      }
    });
  });

  test("they are at least sixty, and most are shown to work outside", () => {
    const all = [...network, ...files, ...processes, ...kernel];
    expect(all.length).toBeGreaterThanOrEqual(100);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    expect(all.filter(({ control }) => typeof control === "string").length).toBeGreaterThanOrEqual(50);
  });
});
