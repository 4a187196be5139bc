/** Environments opened for a person: its tools are called by hand, and the answer is judged by the rubric that judges models. */

import { randomBytes } from "node:crypto";
import type { AssistantMessage, ChatMessage } from "@cachalot/chat";
import {
  callTool,
  type Environment,
  judge,
  type Task,
  type TaskRequest,
  type Taskset,
  tasksetNamed,
} from "@cachalot/environments";
import { ApiError } from "@cachalot/server";
import { openTaskset } from "@cachalot/synthesis";
import type { Play } from "../../wire/play.js";
import type { VerdictView } from "../../wire/tasks.js";
import { pathBelow } from "../working-directory.js";

/** Environments open at once; the one used longest ago is closed for another. */
const MOST = 8;
const PATIENCE = { timeoutMs: 30_000 };

interface Playing {
  taskset: Taskset;
  task: Task;
  environment: Environment;
  messages: ChatMessage[];
  calls: number;
}

export class PlayTable {
  private readonly playing = new Map<string, Playing>();

  /** @param directory where `tasks/` is */
  constructor(private readonly directory: string) {}

  /** @throws EnvironmentError, SynthesisError for what there is not */
  async open({ taskset: name, ...request }: TaskRequest & { taskset: string }): Promise<Play> {
    const taskset = name.includes("/")
      ? await openTaskset(pathBelow(this.directory, name))
      : (tasksetNamed(name) as Taskset);
    const task = await taskset.draw(request);
    const environment = await taskset.open(task);
    const [oldest] = this.playing.keys();
    if (this.playing.size >= MOST && oldest !== undefined) await this.close(oldest);
    const id = randomBytes(8).toString("hex");
    this.playing.set(id, { taskset, task, environment, messages: [...task.messages], calls: 0 });
    const { domain, key, level, mode, split, messages, tools, budget } = task;
    return {
      id,
      task: { taskset: name, domain, key, level, mode, split, messages: [...messages], tools: [...tools], budget },
      solution: [...taskset.demonstrate(task, "terse")],
    };
  }

  /** @returns what a model would read */
  async call(id: string, name: string, args: Record<string, unknown>): Promise<string> {
    const playing = this.of(id);
    const call = {
      id: `call-${playing.calls++}-0`,
      type: "function" as const,
      function: { name, arguments: JSON.stringify(args) },
    };
    const content = await callTool(playing.environment, call, PATIENCE);
    playing.messages.push(
      { role: "assistant", content: "", tool_calls: [call] },
      { role: "tool", content, tool_call_id: call.id },
    );
    return content;
  }

  async answer(id: string, content: string): Promise<VerdictView> {
    const { taskset, task, environment, messages, calls } = this.of(id);
    const answer: AssistantMessage = { role: "assistant", content };
    const finished = {
      ...{ task, environment, answer, messages: [...messages, answer] },
      ...{ tokens: { sampled: 0, reasoning: 0 }, toolCalls: calls, overlong: calls > task.budget.calls },
    };
    const { reward, rewards, outcome, error } = await judge(taskset.rubric, finished, PATIENCE);
    return {
      ...{ reward, outcome },
      ...(error === undefined ? {} : { error }),
      parts: taskset.rubric.map(({ name, weight }) => ({ name, weight, score: rewards[name] ?? null })),
    };
  }

  async close(id: string): Promise<void> {
    const playing = this.playing.get(id);
    this.playing.delete(id);
    await playing?.environment.close();
  }

  private of(id: string): Playing {
    const playing = this.playing.get(id);
    if (!playing)
      throw new ApiError(404, "This environment is closed; open the task again", { code: "no_environment" });
    this.playing.delete(id);
    this.playing.set(id, playing);
    return playing;
  }
}
