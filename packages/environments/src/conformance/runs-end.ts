import type { AssistantMessage } from "@cachalot/chat";
import { playMessages, playText } from "../demonstration.js";
import type { Task } from "../task.js";
import type { Taskset } from "../taskset.js";
import { nameOf, tasks } from "./requests.js";

/** A policy that never stops, and one that calls its tools for ever with arguments that fit none. */
export async function runsEnd(taskset: Taskset): Promise<string[]> {
  const found: string[] = [];
  for await (const task of tasks(taskset, 1)) {
    const endless = await playText(taskset, task, () => "7 ".repeat(task.budget.tokens + 1));
    if (endless.outcome !== "overlong") found.push(`${nameOf(task)}: text without end is ${endless.outcome}`);
    if (task.tools.length === 0) continue;
    const calling = await playMessages(taskset, task, [callOf(task)]);
    if (calling.toolCalls > task.budget.calls) found.push(`${nameOf(task)}: ${calling.toolCalls} calls were let pass`);
    if (calling.outcome === "tool-error")
      found.push(`${nameOf(task)}: a call it cannot serve breaks it: ${calling.error}`);
  }
  return found;
}

function callOf({ tools, mode }: Task): AssistantMessage {
  return {
    role: "assistant",
    content: "",
    ...(mode === "thinking" ? { reasoning_content: "" } : {}),
    tool_calls: tools.map(({ function: { name } }, i) => ({
      id: `call_${i}`,
      type: "function",
      function: { name, arguments: '{"nonsense":true}' },
    })),
  };
}
