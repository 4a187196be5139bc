/** Episode: one attempt at a served task, call by call, until a result is handed in and judged. */

import type { ToolDefinition } from "@cachalot/chat";
import { SynthesisError } from "../errors.js";
import { type FolderEnvironment, openFolder } from "../rl/open-folder.js";
import type { TaskFolder } from "../task.js";

export interface CallOutcome {
  text: string;
  failed: boolean;
}

const SUBMIT: ToolDefinition = {
  type: "function",
  function: {
    name: "submit_result",
    description: "Ends the task: its verifier judges what was made, or the answer given here.",
    parameters: { type: "object", properties: { answer: { type: "string" } } },
  },
};

export class Episode {
  steps = 0;
  done = false;
  /** Once it is done; null where it could not be measured. */
  reward: number | null = null;

  private constructor(
    readonly id: string,
    readonly task: TaskFolder,
    private readonly environment: FolderEnvironment,
  ) {}

  static async open(task: TaskFolder, id: string): Promise<Episode> {
    return new Episode(id, task, await openFolder(task));
  }

  /** What an agent may call; `submit_result` is among them. */
  get tools(): ToolDefinition[] {
    const own = this.environment.tools.map(({ definition }) => definition);
    return own.some(({ function: { name } }) => name === SUBMIT.function.name) ? own : [...own, SUBMIT];
  }

  /** @throws SynthesisError `failed` for an episode that is over */
  async call(name: string, args: Readonly<Record<string, unknown>>): Promise<CallOutcome> {
    if (this.done) throw new SynthesisError("failed", "the episode is over; reset begins another");
    this.steps++;
    const tool = this.environment.tools.find(({ definition }) => definition.function.name === name);
    const ends = name === SUBMIT.function.name;
    if (tool === undefined && !ends) return { text: `there is no tool ${name}`, failed: true };
    const outcome = await this.#run(tool, args);
    if (ends && !outcome.failed) await this.#judge(typeof args.answer === "string" ? args.answer : "");
    return outcome;
  }

  async close(): Promise<void> {
    await this.environment.close();
  }

  async #run(
    tool: FolderEnvironment["tools"][number] | undefined,
    args: Readonly<Record<string, unknown>>,
  ): Promise<CallOutcome> {
    if (tool === undefined) return { text: "submitted", failed: false };
    const context = {
      signal: new AbortController().signal,
      callId: `${this.steps}`,
      idempotencyKey: `${this.id}-${this.steps}`,
    };
    try {
      const text = await tool.execute({ ...args }, context);
      return { text, failed: text.startsWith("Error: ") };
    } catch (error) {
      return { text: (error as Error).message, failed: true };
    }
  }

  async #judge(said: string): Promise<void> {
    this.reward = (await this.environment.verdict(said)).reward ?? null;
    this.done = true;
  }
}
