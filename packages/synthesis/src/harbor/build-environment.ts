/** Environment build: a Dockerfile's steps carried out in a sandbox, to a snapshot that attempts start from. */

import { existsSync } from "node:fs";
import {
  createSandbox,
  openWorkspaceStore,
  type Sandbox,
  type SandboxLimits,
  type WorkspaceEntry,
  type WorkspaceSnapshot,
  type WorkspaceStore,
} from "@cachalot/sandbox";
import { SynthesisError } from "../errors.js";
import { shellQuoted } from "../shell-quote.js";
import type { TaskFiles, TaskFolder } from "../task.js";
import { type BuildPlan, type BuildStep, DEFAULT_WORKDIR, planDockerfile, programOf } from "./dockerfile.js";
import { addFile, addFiles, addFolder } from "./snapshot-files.js";

/** An environment that was built: its files, and how programs are started in it. */
export interface BuiltEnvironment {
  store: WorkspaceStore;
  snapshot: WorkspaceSnapshot;
  workdir: string;
  env: Readonly<Record<string, string>>;
  /** In /: the environment's own, and those of Harbor (`tests`, `solution`, `logs`). */
  folders: readonly string[];
  limits: Partial<SandboxLimits>;
}

/** What a verifier and a solution bring, and leave: never part of an environment. */
export const HARBOR_FOLDERS = ["tests", "solution", "logs"] as const;

/** Room for an environment and what is made in it. */
const MAX_WORK_MIB = 512;
const MAX_MEMORY_MIB = 2048;

/**
 * @throws SynthesisError `unsupported` for what needs a container, with the line; `failed` for a RUN that does
 * @throws SandboxError `sandbox_unavailable`
 */
export async function buildEnvironment(task: TaskFolder, signal?: AbortSignal): Promise<BuiltEnvironment> {
  const { config, environment } = task;
  const plan = planOf(task);
  const mine = plan.folders.find((folder) => (HARBOR_FOLDERS as readonly string[]).includes(folder));
  if (mine)
    throw new SynthesisError("unsupported", `the environment writes to /${mine}, which is the verifier's; use another`);
  const store = openWorkspaceStore();
  const built: BuiltEnvironment = {
    ...{ store, snapshot: new Map(), workdir: plan.workdir },
    env: { ...plan.env, ...config.environment.env },
    folders: [...new Set([...plan.folders, ...HARBOR_FOLDERS])],
    limits: {
      workMiB: Math.min(config.environment.storage_mb, MAX_WORK_MIB),
      memoryMiB: Math.min(config.environment.memory_mb, MAX_MEMORY_MIB),
      processes: 256,
      openFiles: 1024,
      scratchMiB: 128,
    },
  };
  let snapshot: Map<string, WorkspaceEntry> = new Map();
  for (const folder of plan.folders) addFolder(snapshot, folder);
  addFolder(snapshot, plan.workdir.slice(1));
  for (const group of groups(plan.steps)) {
    if (group[0]!.type === "run")
      snapshot = await runSteps(
        group as RunStep[],
        { ...built, snapshot },
        config.environment.build_timeout_sec,
        signal,
      );
    else for (const step of group as CopyStep[]) await copy(store, snapshot, step, environment);
  }
  return { ...built, snapshot };
}

type RunStep = Extract<BuildStep, { type: "run" }>;
type CopyStep = Extract<BuildStep, { type: "copy" }>;

function planOf({ config, environment }: TaskFolder): BuildPlan {
  const unsupported = (why: string): never => {
    throw new SynthesisError("unsupported", `${why}; use Harbor with a container for this task`);
  };
  if ([...environment.keys()].some((path) => /^(docker-)?compose\.ya?ml$/.test(path)))
    unsupported("environment/docker-compose.yaml needs containers");
  const dockerfile = environment.get("Dockerfile")?.data.toString("utf8");
  const { docker_image } = config.environment;
  if (dockerfile === undefined && docker_image === undefined) unsupported("there is no environment/Dockerfile");
  const plan = planDockerfile(dockerfile ?? `FROM ${docker_image}\nWORKDIR ${DEFAULT_WORKDIR}\n`);
  const program = programOf(plan.image);
  const there = ["/usr/bin", "/usr/local/bin", "/usr/local/go/bin"].some((bin) => existsSync(`${bin}/${program}`));
  if (program !== undefined && !there)
    unsupported(`FROM ${plan.image} stands for ${program}, which is not in /usr here`);
  return plan;
}

/** Steps of one type that follow each other. */
function groups(steps: readonly BuildStep[]): BuildStep[][] {
  const all: BuildStep[][] = [];
  for (const step of steps) {
    const last = all.at(-1);
    if (last?.[0]?.type === step.type) last.push(step);
    else all.push([step]);
  }
  return all;
}

async function copy(
  store: WorkspaceStore,
  snapshot: Map<string, WorkspaceEntry>,
  { line, sources, target, intoFolder }: CopyStep,
  files: TaskFiles,
): Promise<void> {
  const to = target.slice(1);
  for (const written of sources) {
    const source = written.replace(/^\.?\//, "").replace(/\/$/, "");
    const file = files.get(source);
    if (file) {
      const name = source.split("/").at(-1)!;
      const folder = intoFolder || snapshot.get(to)?.type === "directory";
      await addFile(store, snapshot, folder ? `${to}/${name}` : to, file);
      continue;
    }
    const prefix = source === "" || source === "." ? "" : `${source}/`;
    const inside = new Map(
      [...files].filter(([path]) => path.startsWith(prefix)).map(([path, file]) => [path.slice(prefix.length), file]),
    );
    if (inside.size === 0)
      throw new SynthesisError(
        "unsupported",
        `Dockerfile line ${line}: there is no ${written} in environment/; add it`,
      );
    await addFiles(store, snapshot, to, inside);
  }
}

async function runSteps(
  steps: readonly RunStep[],
  built: BuiltEnvironment,
  timeoutSeconds: number,
  signal: AbortSignal | undefined,
): Promise<Map<string, WorkspaceEntry>> {
  const sandbox = await openSandbox(built);
  try {
    for (const { line, command, workdir, env } of steps) {
      const timeoutMs = timeoutSeconds * 1000;
      const result = await sandbox.run(inEnvironment(command, { workdir, env }), {
        timeoutMs,
        ...(signal && { signal }),
      });
      if (result.ended === "exit" && result.exitCode === 0) continue;
      const said = `${result.stdout}\n${result.stderr}\n${result.notices.join("\n")}`.trim().slice(-500);
      const code = result.ended === "exit" ? "unsupported" : "failed";
      const how = result.ended === "exit" ? `exit code ${result.exitCode}` : result.ended;
      throw new SynthesisError(
        code,
        `Dockerfile line ${line}, RUN ${command.slice(0, 100)}: ${how}: ${said}; it runs without network, so bring what it needs`,
      );
    }
    return new Map((await sandbox.capture(built.store)).snapshot);
  } finally {
    await sandbox.close();
  }
}

/** A sandbox with the environment's files in their places. */
export async function openSandbox({ store, snapshot, folders, limits }: BuiltEnvironment): Promise<Sandbox> {
  const sandbox = await createSandbox(limits, { folders });
  try {
    await sandbox.fill(store, snapshot);
    return sandbox;
  } catch (error) {
    await sandbox.close();
    throw error;
  }
}

/** A command with the environment's variables, in its working directory. */
export function inEnvironment(
  command: string,
  { workdir, env }: { workdir: string; env: Readonly<Record<string, string>> },
): string {
  const exports = Object.entries(env).map(
    ([name, value]) => `export ${name}=${shellQuoted(expandPath(name, value))}\n`,
  );
  return `${exports.join("")}cd ${shellQuoted(workdir)} || exit 97\n${command}`;
}

/** A PATH that an image builds on its own leads to the programs here as well. */
const expandPath = (name: string, value: string): string =>
  name === "PATH" ? `${value}:/usr/local/bin:/usr/bin:/bin:/usr/local/go/bin` : value;
