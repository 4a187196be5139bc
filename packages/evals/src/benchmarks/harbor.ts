/** Terminal-Bench 2 and other Harbor task folders: an agent works in the environment, then the folder's verifier runs over what it left. */

import type { AssistantMessage } from "@cachalot/chat";
import {
  demonstration,
  type FolderEnvironment,
  findTasks,
  openFolder,
  SynthesisError,
  spoilt,
  type TaskFolder,
} from "@cachalot/synthesis";
import type { Benchmark } from "../benchmark.js";
import { EvalsError } from "../errors.js";
import { gradeOfReward, inWorld } from "../folders/task-folders.js";

export const harbor: Benchmark<TaskFolder> = {
  name: "harbor",
  description: "Terminal-Bench 2 and other Harbor task folders, in the sandbox",
  licence: "the folders'",
  source: {
    bundled: false,
    where: "github.com/laude-institute/terminal-bench-2, or cachalot tasks synthesise and mine",
    expects: "a folder of folders with instruction.md, task.toml, environment/, tests/test.sh",
  },
  agent: { steps: 100 },
  async *items({ data }) {
    if (data === undefined)
      throw new EvalsError(
        "missing_data",
        "harbor is not bundled: pass --data FILE; a row is a task folder. Name a folder of such, each with instruction.md, task.toml, environment/ and tests/test.sh",
      );
    for (const { name, read } of await tasksIn(data)) {
      const task = await read().catch((error: unknown) => {
        if (!(error instanceof SynthesisError)) throw error;
        throw new EvalsError("bad_data", `${data}, task ${name}: ${error.message}`, { cause: error });
      });
      yield { id: name, messages: [{ role: "user", content: task.instruction }], gold: "reward 1", data: task };
    }
  },
  open: ({ data }) => inWorld(() => openFolder(data)),
  grade: async ({ message, environment }) =>
    gradeOfReward(await (environment as FolderEnvironment).verdict(message.content ?? "")),
  oracle: ({ data }): readonly AssistantMessage[] => demonstration(data, "chat"),
  wrong: ({ data }): readonly AssistantMessage[] => spoilt(demonstration(data, "chat")),
};

/** @throws EvalsError `missing_data` where there are none */
async function tasksIn(data: string): ReturnType<typeof findTasks> {
  try {
    return await findTasks(data);
  } catch (error) {
    if (!(error instanceof SynthesisError)) throw error;
    throw new EvalsError("missing_data", error.message, { cause: error });
  }
}
