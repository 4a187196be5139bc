/** Jimenez et al. 2024: SWE-bench (Verified, Multilingual, mined ones), by an agent in the repository or by patches; FAIL_TO_PASS and PASS_TO_PASS decide. */

import type { AssistantMessage } from "@cachalot/chat";
import {
  attemptTask,
  buildEnvironment,
  type FolderEnvironment,
  gradeTask,
  openFolder,
  parseSweBench,
  type SweBenchInstance,
  SynthesisError,
  type TaskFolder,
} from "@cachalot/synthesis";
import { patchAnswer } from "../answer/patch.js";
import { type Benchmark, type Grade, type Item, notMeasured, says, wrong } from "../benchmark.js";
import { fileSource } from "../data/file-source.js";
import type { Row } from "../data/read-rows.js";
import { EvalsError } from "../errors.js";
import { foldersOf } from "../folders/swe-bench-environment.js";
import { gradeOfReward, inWorld } from "../folders/task-folders.js";

interface SweTask {
  instance: SweBenchInstance;
  /** @throws SynthesisError where there is none */
  folder(): Promise<TaskFolder>;
}

const EXPECTS =
  '{"instance_id": "...", "repo": "...", "base_commit": "...", "patch": "...", "test_patch": "...", "problem_statement": "...", "FAIL_TO_PASS": [...], "PASS_TO_PASS": [...]}';
const WHERE = "huggingface.co/datasets/SWE-bench (as JSON lines), or cachalot tasks export --to swe-bench";

function sweBench(
  name: string,
  description: string,
  ask: (instance: SweBenchInstance) => string,
): Pick<Benchmark<SweTask>, "name" | "description" | "licence" | "source" | "items"> {
  const definition = { name, description, licence: "MIT; patches: their projects'", where: WHERE, expects: EXPECTS };
  const source = (find?: (instance: string) => Promise<TaskFolder>) =>
    fileSource<SweTask>({ ...definition, item: (row) => itemOf(instanceOf(row), ask, find!) });
  return {
    ...source(),
    async *items(request) {
      yield* source(request.data === undefined ? undefined : await foldersOf(request.environments)).items(request);
    },
  };
}

/** @throws EvalsError `bad_data` */
function instanceOf({ fields, where }: Row): SweBenchInstance {
  try {
    return parseSweBench(fields);
  } catch (error) {
    if (!(error instanceof SynthesisError)) throw error;
    throw new EvalsError("bad_data", `${where}: ${error.message}; expected ${EXPECTS}`, { cause: error });
  }
}

function itemOf(
  instance: SweBenchInstance,
  ask: (instance: SweBenchInstance) => string,
  find: (instance: string) => Promise<TaskFolder>,
): Item<SweTask> {
  const id = instance.instance_id;
  const data = { instance, folder: () => find(id) };
  return { id, messages: [{ role: "user", content: ask(instance) }], gold: instance.patch, data };
}

const heredoc = (patch: string): string => {
  const lines = Buffer.from(patch).toString("base64").replace(/.{76}/g, "$&\n");
  return `base64 -d <<'END' | git apply --whitespace=nowarn -\n${lines}\nEND`;
};

const bash = (command: string): AssistantMessage => ({
  ...{ role: "assistant", content: "" },
  tool_calls: [{ function: { name: "bash", arguments: JSON.stringify({ command }) } }],
});

export const swebench: Benchmark<SweTask> = {
  ...sweBench(
    "swebench",
    "repositories with an issue, mended by an agent; by the tests of the day it was mended",
    ({ problem_statement }) =>
      `The repository in your working directory has this issue:\n\n<issue>\n${problem_statement.trim()}\n</issue>\n\n` +
      "Mend it with your tools, in the sources; hidden tests decide. Say when you are done.",
  ),
  agent: { steps: 100 },
  open: ({ data }) => inWorld(async () => openFolder(await data.folder())),
  grade: async ({ environment }) => gradeOfReward(await (environment as FolderEnvironment).verdict("")),
  oracle: ({ data }) => [bash(heredoc(data.instance.patch)), ...says("It is mended.")],
  wrong: () => [bash("echo wrong > wrong.txt"), ...says("It is mended.")],
};

export const swebenchPatch: Benchmark<SweTask> = {
  ...sweBench(
    "swebench-patch",
    "the same by patches: predictions of SWE-bench (--model predictions:FILE), or a diff as the answer",
    ({ repo, base_commit, problem_statement }) =>
      `The repository ${repo} at ${base_commit} has this issue:\n\n<issue>\n${problem_statement.trim()}\n</issue>\n\n` +
      "Answer with a patch for git apply in one ```diff block.",
  ),
  grade: ({ message }, { data }) => gradePatch(message.content ?? "", data),
  oracle: ({ data }) => says(fenced(data.instance.patch)),
  wrong: () => says(fenced(NEW_FILE)),
  hostile: () => [
    { name: "a patch that does not apply", says: () => fenced(NEW_FILE.replace("-0,0 +1", "-7,3 +7,3")) },
    {
      name: "a patch that leads out of the repository",
      says: () => fenced(NEW_FILE.replaceAll("wrong.txt", "../../etc/x")),
    },
  ],
};

const NEW_FILE =
  "diff --git a/wrong.txt b/wrong.txt\nnew file mode 100644\n--- /dev/null\n+++ b/wrong.txt\n@@ -0,0 +1 @@\n+wrong\n";
const fenced = (patch: string): string => `\`\`\`diff\n${patch.replace(/\n*$/, "\n")}\`\`\``;

async function gradePatch(text: string, { folder }: SweTask): Promise<Grade> {
  if (text.trim() === "") return wrong("there is no patch");
  const patch = patchAnswer(text);
  if (patch === undefined) return notMeasured("unparsed", "no patch was found in it");
  const { task, built } = await inWorld(async () => {
    const task = await folder();
    return { task, built: await buildEnvironment(task) };
  });
  let problem = "";
  const left = await attemptTask(built, async ({ run }) => {
    const { exitCode, stderr, ended } = await run(heredoc(patch), { timeoutMs: 60_000 });
    if (ended !== "exit") throw new Error(`git apply ended by ${ended}`);
    if (exitCode !== 0) problem = stderr.trim().slice(0, 300) || `exit status ${exitCode}`;
  });
  if (problem !== "") return wrong(`the patch does not apply: ${problem}`, patch);
  return { ...gradeOfReward(await gradeTask(built, task, left)), answer: patch };
}
