/** One attempt at a task: the agent's sandbox first, then the verifier's, which the agent's programs never see. */

import { type CommandResult, type Sandbox, SandboxError, type WorkspaceSnapshot } from "@cachalot/sandbox";
import type { TaskFolder } from "../task.js";
import { type BuiltEnvironment, HARBOR_FOLDERS, inEnvironment, openSandbox } from "./build-environment.js";
import { readReward } from "./reward.js";
import { addFiles, addFolder, withoutFolders } from "./snapshot-files.js";

/** The agent's side of an attempt: a sandbox with the environment, and neither tests nor solution. */
export interface Session {
  sandbox: Sandbox;
  /** In the working directory, with the environment's variables. */
  run(command: string, options?: { timeoutMs?: number; signal?: AbortSignal }): Promise<CommandResult>;
}

/** Lets `act` work in the environment. @returns what it left, for `grade` */
export async function attempt(
  built: BuiltEnvironment,
  act: (session: Session) => Promise<void>,
): Promise<WorkspaceSnapshot> {
  const sandbox = await openSandbox(built);
  try {
    await act({ sandbox, run: (command, options) => sandbox.run(inEnvironment(command, built), options) });
    return (await sandbox.capture(built.store)).snapshot;
  } finally {
    await sandbox.close();
  }
}

/** Runs the reference solution. @returns what it left, and how it ended */
export async function solve(
  built: BuiltEnvironment,
  { config, solution }: TaskFolder,
): Promise<{ snapshot: WorkspaceSnapshot; result: CommandResult }> {
  let result: CommandResult | undefined;
  const withSolution = new Map(built.snapshot);
  await addFiles(built.store, withSolution, "solution", solution);
  const env = { ...built.env, ...config.solution.env };
  const snapshot = await attempt({ ...built, env, snapshot: withSolution }, async ({ run }) => {
    result = await run("bash /solution/solve.sh", { timeoutMs: config.agent.timeout_sec * 1000 });
  });
  return { snapshot: withoutFolders(snapshot, ["solution"]), result: result! };
}

/** What a verifier said. */
export interface Graded {
  /** undefined: could not be measured; `problem` says why. */
  reward: number | undefined;
  problem?: string;
  /** What it printed and wrote to /logs/verifier beside the reward, bounded. */
  said: string;
  ended: CommandResult["ended"];
  ms: number;
}

export interface GradeOptions {
  /** Variables that must not matter: TZ, PYTHONHASHSEED. */
  env?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
}

const SAID = 20_000;

/**
 * Runs the verifier in a sandbox of its own over what an attempt left: the environment's folders as they are now, all else
 * as it was built, and the tests, which come only now.
 */
export async function grade(
  built: BuiltEnvironment,
  task: TaskFolder,
  left: WorkspaceSnapshot,
  { env = {}, signal }: GradeOptions = {},
): Promise<Graded> {
  const started = performance.now();
  const own = built.folders.filter((folder) => !(HARBOR_FOLDERS as readonly string[]).includes(folder));
  const snapshot = withoutFolders(built.snapshot, [...own, ...HARBOR_FOLDERS]);
  for (const [path, entry] of left) if (own.includes(path.split("/")[0]!)) snapshot.set(path, entry);
  await addFiles(built.store, snapshot, "tests", task.tests);
  addFolder(snapshot, "logs/verifier");
  const variables = { ...built.env, ...task.config.verifier.env, ...env };
  let sandbox: Sandbox | undefined;
  try {
    sandbox = await openSandbox({ ...built, snapshot });
    const result = await sandbox.run(inEnvironment("bash /tests/test.sh", { workdir: built.workdir, env: variables }), {
      timeoutMs: task.config.verifier.timeout_sec * 1000,
      ...(signal && { signal }),
    });
    const ms = performance.now() - started;
    const said = [result.stdout, result.stderr, ...result.notices, await logs(sandbox)].join("\n").trim().slice(-SAID);
    if (result.ended !== "exit")
      return { ...{ reward: undefined, said, ms }, ended: result.ended, problem: ENDS[result.ended] };
    const read = await readReward(sandbox);
    if ("reward" in read) return { reward: read.reward, said, ended: "exit", ms };
    const problem = `${read.problem} (exit code ${result.exitCode})`;
    return { ...{ reward: undefined, said, problem, ms }, ended: "exit" };
  } catch (error) {
    if (!(error instanceof SandboxError) || error.code === "sandbox_unavailable") throw error;
    return { reward: undefined, said: "", ended: "lost", problem: error.message, ms: performance.now() - started };
  } finally {
    await sandbox?.close();
  }
}

const ENDS: Readonly<Record<CommandResult["ended"], string>> = {
  exit: "",
  timeout: "the verifier ran into its time limit",
  output: "the verifier wrote without an end",
  aborted: "the verifier was stopped",
  lost: "the verifier took its sandbox with it",
  failed: "the verifier could not be started",
};

/** What lies in /logs/verifier beside the reward, in order, bounded. */
async function logs(sandbox: Sandbox): Promise<string> {
  const names = await sandbox.list("/logs/verifier", { depth: 2, limit: 50 }).catch(() => []);
  const texts: string[] = [];
  for (const name of names.sort()) {
    if (name.endsWith("/") || /(^|\/)reward\.(txt|json)$/.test(name)) continue;
    const path = name.startsWith("/") ? name : `/logs/verifier/${name}`;
    const { size } = await sandbox.stat(path).catch(() => ({ size: 0 }));
    if (size === 0 || size > SAID) continue;
    texts.push(`${name}: ${(await sandbox.get(path)).toString("utf8")}`);
  }
  return texts.join("\n");
}
