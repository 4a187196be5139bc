/** Workbench: a sandbox with a project and its packages, in which versions of it are tested one after the other. */

import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  type CommandResult,
  createSandbox,
  importDirectory,
  openWorkspaceStore,
  type Sandbox,
  SandboxError,
} from "@cachalot/sandbox";
import { shellQuoted } from "../../shell-quote.js";
import { Drop } from "../drop.js";
import type { TestResults } from "../judge/verdict.js";
import type { Installation, TestPlan } from "../languages/language.js";
import type { Packager } from "../packages/package.js";
import { checkLink, type ObjectStore, type Tree, type TreeChange } from "../trees/object-store.js";
import { PATH } from "./path.js";

const LIMITS = {
  ...{ memoryMiB: 3072, processes: 256, workMiB: 1024, scratchMiB: 512, fileMiB: 256, openFiles: 1024 },
  ...{ timeoutMs: 120_000, cpuSeconds: 900 },
};
/** Time for all suites of a version together, build and all. */
const VERSION_MS = 420_000;

export const GUEST_FILES = [
  "run_tests.py",
  ...["__init__", "ctest", "exit_code", "go_json", "jest", "junit", "libtest", "names", "tap", "tape"].map(
    (name) => `reporters/${name}.py`,
  ),
];

export const guestFile = (path: string): Promise<Buffer> =>
  readFile(new URL(`../../../guest/${path}`, import.meta.url));

export interface Workbench {
  /** Tests the base tree with changes made to it. @throws Drop `timeout`, `sandbox-lost` */
  test(store: ObjectStore, changes: readonly TreeChange[], plan: TestPlan, shuffle?: number): Promise<TestResults>;
  close(): Promise<void>;
}

/** @throws Drop `install-failed`, `toolchain-missing`, `too-large`, `unsafe-path` */
export async function openWorkbench(
  store: ObjectStore,
  base: Tree,
  { packages, script }: Installation,
  programs: readonly string[],
  packager: Packager,
): Promise<Workbench> {
  const folder = await mkdtemp(join(tmpdir(), "cachalot-workbench-"));
  let sandbox: Sandbox | undefined;
  try {
    await writeTree(store, base, join(folder, "app/base"));
    await mkdir(join(folder, "app/deps"), { recursive: true });
    for (const { archive, sha256 } of packages)
      await writeFile(join(folder, "app/deps", archive), await packager.archive(sha256));
    await writeFile(join(folder, "app/deps/install.sh"), script);
    for (const path of GUEST_FILES) {
      await mkdir(dirname(join(folder, "app/runner", path)), { recursive: true });
      await writeFile(join(folder, "app/runner", path), await guestFile(path));
    }
    const workspace = openWorkspaceStore();
    const { snapshot } = await importDirectory(workspace, folder, { exclude: () => false, maxBytes: 512 * 2 ** 20 });
    await workspace.name("latest", snapshot);
    sandbox = await createSandbox(LIMITS, { workspace, folders: ["app"] });
    await prepare(sandbox, programs);
    return workbenchIn(sandbox);
  } catch (error) {
    await sandbox?.close();
    throw asDrop(error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeTree(store: ObjectStore, tree: Tree, folder: string): Promise<void> {
  const contents = await store.getAll([...tree.values()].map(({ id }) => id));
  let at = 0;
  for (const [path, { mode }] of tree) {
    const data = contents[at++]!;
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    if (mode === "120000") {
      checkLink(path, data.toString());
      await symlink(data.toString(), file);
    } else await writeFile(file, data, { mode: mode === "100755" ? 0o755 : 0o644, flag: "wx" });
  }
}

async function prepare(sandbox: Sandbox, programs: readonly string[]): Promise<void> {
  const missing = await sandbox.run(
    `export PATH=${PATH}; for p in ${programs.join(" ")} true; do command -v $p >/dev/null || echo $p; done`,
  );
  if (missing.stdout.trim() !== "")
    throw new Drop(
      "toolchain-missing",
      `the sandbox has no ${missing.stdout.trim().split("\n").join(", ")}; install it below /usr`,
    );
  const installed = await sandbox.run(`export PATH=${PATH}; bash /app/deps/install.sh`, { timeoutMs: 300_000 });
  if (installed.exitCode !== 0) throw new Drop("install-failed", ending(installed));
}

const ending = ({ ended, stdout, stderr, notices }: CommandResult): string =>
  `${ended === "exit" ? "" : `${ended}: `}${(stderr || stdout).trim().slice(-300)} ${notices.join(" ")}`.trim();

function workbenchIn(sandbox: Sandbox): Workbench {
  return {
    async test(store, changes, plan, shuffle) {
      try {
        return await testVersion(sandbox, store, changes, plan, shuffle);
      } catch (error) {
        throw asDrop(error);
      }
    },
    close: () => sandbox.close(),
  };
}

async function testVersion(
  sandbox: Sandbox,
  store: ObjectStore,
  changes: readonly TreeChange[],
  plan: TestPlan,
  shuffle?: number,
): Promise<TestResults> {
  const at = (path: string) => shellQuoted(`/app/repo/${path}`);
  const clean = await sandbox.run(
    "chmod -R u+rwX /app/repo 2>/dev/null; rm -rf /app/repo && cp -a /app/base /app/repo",
  );
  if (clean.exitCode !== 0) throw new Drop("sandbox-lost", ending(clean));
  const gone = changes.map(({ path }) => `rm -f ${at(path)}`);
  const links: string[] = [];
  const modes: string[] = [];
  const files: [string, Buffer][] = [];
  for (const { path, after } of changes) {
    if (!after) continue;
    const data = await store.get(after.id);
    if (after.mode === "120000") {
      checkLink(path, data.toString());
      links.push(`mkdir -p ${at(dirname(path))} && ln -s ${shellQuoted(data.toString())} ${at(path)}`);
    } else files.push([`/work/app/repo/${path}`, data]);
    if (after.mode === "100755") modes.push(`chmod +x ${at(path)}`);
  }
  await sandbox.run(gone.join("\n"));
  for (const [path, data] of files) await sandbox.put(path, data);
  await sandbox.run([...links, ...modes].join("\n"));
  await sandbox.put("/tmp/plan.json", JSON.stringify({ ...plan, env: { PATH, ...plan.env } }));
  const order = shuffle === undefined ? "" : ` --shuffle ${shuffle}`;
  const command = `export PATH=${PATH}; rm -f /tmp/results.json; python3 /app/runner/run_tests.py --plan /tmp/plan.json --repo /app/repo --out /tmp/results.json${order}`;
  const ran = await sandbox.run(command, { timeoutMs: VERSION_MS });
  if (ran.ended === "timeout") throw new Drop("timeout", `its tests take more than ${VERSION_MS / 1000} s`);
  if (ran.exitCode !== 0) throw new Drop("sandbox-lost", ending(ran));
  return JSON.parse((await sandbox.get("/tmp/results.json")).toString("utf8")) as TestResults;
}

function asDrop(error: unknown): unknown {
  if (!(error instanceof SandboxError)) return error;
  if (error.code === "sandbox_file") return new Drop("sandbox-lost", error.message);
  if (error.code === "workspace") return new Drop("too-large", error.message);
  return error;
}
