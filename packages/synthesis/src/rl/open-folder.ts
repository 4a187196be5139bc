/** A task folder as the environment of a rollout: its tools, and the verdict over what was left. */

import { bashTool, fileEditorTool, pythonTool, type Tool, tool } from "@cachalot/agent";
import type { ToolDefinition } from "@cachalot/chat";
import type { Environment } from "@cachalot/environments";
import type { Sandbox, WorkspaceEntry, WorkspaceSnapshot } from "@cachalot/sandbox";
import { type Graded, grade } from "../harbor/attempt.js";
import { type BuiltEnvironment, buildEnvironment, inEnvironment, openSandbox } from "../harbor/build-environment.js";
import { addFile } from "../harbor/snapshot-files.js";
import { openWorld, worldTools } from "../pipelines/general/tools.js";
import type { World } from "../pipelines/general/world.js";
import type { TaskFolder } from "../task.js";

export interface FolderEnvironment extends Environment {
  /** @param said what the agent said last: the answer, where it wrote none to the file that takes one */
  verdict(said: string): Promise<Graded>;
}

const agentOf = ({ instance }: TaskFolder) => instance?.environment.agent ?? "shell";

/** A world's tables, which its tools read. */
function worldOf({ environment, name }: TaskFolder): World {
  const file = environment.get("world.json");
  if (!file) throw new RangeError(`${name} has no environment/world.json`);
  return JSON.parse(file.data.toString("utf8")) as World;
}

const worldDefinitions = (world: World): ToolDefinition[] =>
  worldTools(world).map(({ name, description, parameters }) => ({
    type: "function",
    function: { name, description, parameters },
  }));

const described = (name: string, description: string, fields: readonly string[]): ToolDefinition => ({
  type: "function",
  function: {
    ...{ name, description },
    parameters: { type: "object", properties: Object.fromEntries(fields.map((field) => [field, { type: "string" }])) },
  },
});

/** What a policy is told of the tools before the environment is open. */
export function toolsOf(task: TaskFolder): ToolDefinition[] {
  if (agentOf(task) === "world") return worldDefinitions(worldOf(task));
  if (agentOf(task) === "notebook") return [described("python", "Runs a cell in a Python notebook.", ["code"])];
  return [
    described("bash", "Runs a command in a bash.", ["command"]),
    described("file_editor", "Views and edits files.", ["command", "path", "file_text", "old_str", "new_str"]),
  ];
}

export function openFolder(task: TaskFolder): Promise<FolderEnvironment> {
  return agentOf(task) === "world" ? openWorldFolder(task) : openSandboxFolder(task);
}

async function openWorldFolder(task: TaskFolder): Promise<FolderEnvironment> {
  const world = openWorld(worldOf(task));
  const tools = world.tools.map(({ name, description, parameters }) =>
    tool({
      ...{ name, description, inputSchema: parameters },
      execute(args: Record<string, unknown>) {
        const outcome = world.call(name, args);
        return "result" in outcome ? outcome.result : `Error: ${outcome.error}`;
      },
    }),
  );
  return {
    tools,
    close: () => {},
    async verdict(said) {
      const built = await buildEnvironment(task);
      const submitted = world.submitted();
      const answer = submitted === undefined ? said : JSON.stringify(submitted);
      return grade(built, task, await withAnswer(built, built.snapshot, task, answer));
    },
  };
}

async function openSandboxFolder(task: TaskFolder): Promise<FolderEnvironment> {
  const built = await buildEnvironment(task);
  const sandbox = await openSandbox(built);
  try {
    const tools = await sandboxTools(task, built, sandbox);
    return {
      tools,
      close: () => sandbox.close(),
      async verdict(said) {
        const { snapshot } = await sandbox.capture(built.store);
        return grade(built, task, await withAnswer(built, snapshot, task, said));
      },
    };
  } catch (error) {
    await sandbox.close();
    throw error;
  }
}

async function sandboxTools(task: TaskFolder, built: BuiltEnvironment, sandbox: Sandbox): Promise<Tool[]> {
  if (agentOf(task) === "notebook") {
    const python = await pythonTool(sandbox);
    const code = `import os\nos.chdir(${JSON.stringify(built.workdir)})`;
    await python.execute({ code }, CONTEXT);
    return [python];
  }
  const bash = await bashTool(sandbox);
  await bash.execute({ command: inEnvironment("true", built) }, CONTEXT);
  return [bash, fileEditorTool(sandbox)];
}

/** Of calls before the policy's first. */
const CONTEXT = { signal: new AbortController().signal, callId: "setup", idempotencyKey: "setup" };

/** What was said last stands in the file that takes the answer, where nothing does. */
async function withAnswer(
  { store }: BuiltEnvironment,
  snapshot: WorkspaceSnapshot,
  { instance }: TaskFolder,
  said: string,
): Promise<WorkspaceSnapshot> {
  const path = instance?.environment.answer?.replace(/^\//, "");
  if (path === undefined || snapshot.has(path) || said === "") return snapshot;
  const changed = new Map<string, WorkspaceEntry>(snapshot);
  await addFile(store, changed, path, { data: Buffer.from(said) });
  return changed;
}
