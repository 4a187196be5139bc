import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { createSandbox } from "../sandbox.js";
import { withSandbox } from "../testing/with-sandbox.js";

/** Processes whose command line carries the mark, by /proc. */
function marked(mark: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "latin1").includes(mark);
    } catch {
      return false;
    }
  });
}

const mounts = () => readFileSync("/proc/self/mounts", "utf8");
const cgroups = (owner: number) =>
  readFileSync("/proc/self/cgroup", "utf8")
    .trim()
    .split("\n")
    .flatMap((line) => {
      const [, names, path] = line.split(":") as [string, string, string];
      const folder = `/sys/fs/cgroup/${names}${path}`;
      return existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(`cachalot-${owner}-`)) : [];
    });
const descriptors = () => readdirSync("/proc/self/fd").length;

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 25));
}

withSandbox("nothing is left", () => {
  test("of programs that want to stay: no process, mount, cgroup or descriptor", async () => {
    const before = { mounts: mounts(), descriptors: descriptors() };
    for (let i = 0; i < 3; i++) {
      const sandbox = await createSandbox();
      await sandbox.run(
        "setsid sleep 987654 >/dev/null 2>&1 & (setsid nohup bash -c 'trap \"\" TERM HUP; sleep 987654; sleep 987654' &) ; " +
          'python3 -c \'import os, time\nif os.fork() == 0:\n  os.setsid()\n  if os.fork() == 0: os.execvp("sleep", ["sleep", "987654"])\'; true',
      );
      await until(() => marked("987654").length >= 3);
      expect(marked("987654").length).toBeGreaterThanOrEqual(3);
      await sandbox.close();
      expect(marked("987654")).toEqual([]);
    }
    expect(mounts()).toBe(before.mounts);
    expect(cgroups(process.pid)).toEqual([]);
    await until(() => descriptors() <= before.descriptors);
    expect(descriptors()).toBeLessThanOrEqual(before.descriptors);
  });

  /** A Node process that inherits descriptor 9 and makes a sandbox; it prints what a program inside sees. */
  const child = (script: string) =>
    spawn(
      "/bin/bash",
      ["-c", 'exec 9</etc/hostname; exec "$0" --input-type=module -e "$1"', process.execPath, script],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
  const module = fileURLToPath(new URL("../../dist/sandbox.js", import.meta.url));
  const load = `import { createSandbox } from ${JSON.stringify(module)}; const sandbox = await createSandbox();`;

  test.skipIf(!existsSync(module))("a descriptor that the host process inherited is closed", async () => {
    const { stdout } = child(
      `${load} const { readlinkSync } = await import("node:fs");
       const inside = await sandbox.run("ls -l /proc/self/fd /proc/$PPID/fd /proc/1/fd 2>&1");
       console.log(readlinkSync("/proc/self/fd/9"), JSON.stringify(inside.stdout)); await sandbox.close();`,
    );
    let text = "";
    for await (const data of stdout!) text += data;
    expect(text).toMatch(/^\/etc\/hostname/);
    expect(text.slice("/etc/hostname".length)).not.toContain("hostname");
  });

  test.skipIf(!existsSync(module))("a host process that is killed takes its sandbox with it", async () => {
    const host =
      child(`${load} await sandbox.run("sleep 876543 & echo started"); console.log("up"); sandbox.run("sleep 876543");
      setInterval(() => {}, 1000);`);
    await new Promise((resolve) => host.stdout!.once("data", resolve));
    await until(() => marked("876543").length > 1);
    host.kill("SIGKILL");
    await until(() => marked("876543").length === 0);
    expect(marked("876543")).toEqual([]);
    // The next sandbox removes them, or one after it where the last process has not quite ended.
    for (let tries = 0; tries < 50 && (tries === 0 || cgroups(host.pid!).length > 0); tries++) {
      await (await createSandbox()).close();
      await new Promise((resolve) => setTimeout(resolve, 20 * tries));
    }
    expect(cgroups(host.pid!)).toEqual([]);
  });
});
