import type { AssistantMessage, Rollout } from "@cachalot/chat";
import { playMessages, playText } from "../demonstration.js";
import type { Task } from "../task.js";
import type { Taskset } from "../taskset.js";
import { nameOf, tasks } from "./requests.js";

export async function nothingEarnsNothing(taskset: Taskset): Promise<string[]> {
  const found: string[] = [];
  for await (const task of tasks(taskset, 3)) {
    const demonstration = taskset.demonstrate(task, "stepwise");
    const runs: [string, Promise<Rollout>][] = [
      ["an empty answer", playMessages(taskset, task, [empty(task)])],
      ["a spoilt answer", playMessages(taskset, task, taskset.spoil(demonstration, task))],
      ["thinking alone", playMessages(taskset, task, [{ ...empty(task), ...thought(demonstration) }])],
      ["doing nothing", playText(taskset, task, () => "")],
    ];
    for (const [what, run] of runs) {
      const { reward, outcome } = await run;
      if (reward !== 0) found.push(`${nameOf(task)}: ${what} earns ${reward} (${outcome})`);
    }
  }
  return found;
}

function empty({ mode }: Task): AssistantMessage {
  return { role: "assistant", content: "", ...(mode === "thinking" ? { reasoning_content: "" } : {}) };
}

function thought([first]: readonly AssistantMessage[]): Pick<AssistantMessage, "reasoning_content"> {
  return first?.reasoning_content ? { reasoning_content: first.reasoning_content } : {};
}
