/** Demonstrations of task folders: the reference solution as an agent's calls; and the same, spoilt. */

import type { AssistantMessage, ThinkingMode } from "@cachalot/chat";
import type { TaskFolder } from "../task.js";

/** Solves a task: a world by handing in the plan, all others by what the reference solution does. */
export function demonstration(task: TaskFolder, mode: ThinkingMode): AssistantMessage[] {
  const agent = task.instance?.environment.agent ?? "shell";
  const text = (name: string) => task.solution.get(name)?.data.toString("utf8") ?? "";
  const call =
    agent === "world"
      ? { name: "submit_result", arguments: { answer: JSON.parse(text("answer.json")) as unknown } }
      : agent === "notebook"
        ? { name: "python", arguments: { code: toFile(text("solve.py"), task.instance?.environment.answer) } }
        : { name: "bash", arguments: { command: asCommand(task) } };
  return [
    {
      ...said(mode, "The reference solution does it.", ""),
      tool_calls: [{ type: "function", function: { name: call.name, arguments: JSON.stringify(call.arguments) } }],
    },
    said(mode, "It is done.", "Done."),
  ];
}

/** A run that does nothing and says so. */
export const spoilt = (messages: readonly AssistantMessage[]): AssistantMessage[] => [
  { ...messages.at(-1)!, content: "I could not do it." },
];

const said = (mode: ThinkingMode, reasoning: string, content: string): AssistantMessage => ({
  ...{ role: "assistant", content },
  ...(mode === "thinking" ? { reasoning_content: reasoning } : {}),
});

/** A program whose printed answer goes to a file. */
const toFile = (program: string, path = "/app/answer.txt"): string =>
  `import contextlib\nwith open(${JSON.stringify(path)}, "w") as answer_file, contextlib.redirect_stdout(answer_file):\n` +
  `    exec(${JSON.stringify(program)}, {})\n`;

/** solve.sh with the files it needs: written to a folder of its own first. */
function asCommand({ solution }: TaskFolder): string {
  const files = [...solution].map(
    ([path, { data }]) =>
      `mkdir -p "$(dirname /tmp/solution/${path})" && base64 -d > /tmp/solution/${path} <<'END'\n${data.toString("base64")}\nEND`,
  );
  return `${files.join("\n")}\nsed -i 's#/solution/#/tmp/solution/#g' /tmp/solution/*\nbash /tmp/solution/solve.sh`;
}
