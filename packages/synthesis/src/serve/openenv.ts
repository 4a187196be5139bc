/** OpenEnv's protocol: messages of a socket, and of HTTP, over episodes. */

import { randomUUID } from "node:crypto";
import * as z from "zod";
import { SynthesisError } from "../errors.js";
import type { TaskFolder } from "../task.js";
import { Episode } from "./episode.js";

/** The tasks a server hands out. */
export type ServedTasks = readonly TaskFolder[];

export const resetSchema = z.object({
  seed: z.number().int().nonnegative().optional(),
  episode_id: z.string().max(200).optional(),
  /** By name; default: by the seed, or the first. */
  task: z.string().optional(),
});

export const actionSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("list_tools") }),
  z.object({
    type: z.literal("call_tool"),
    tool_name: z.string(),
    arguments: z.record(z.string(), z.unknown()).default({}),
  }),
]);
export type Action = z.output<typeof actionSchema>;

export const observationSchema = z.object({
  instruction: z.string().optional(),
  task: z.string().optional(),
  tools: z.array(z.object({ name: z.string(), description: z.string(), input_schema: z.unknown() })).optional(),
  tool_name: z.string().optional(),
  result: z.string().optional(),
  error: z
    .object({ error_type: z.enum(["execution_error", "tool_not_found"]), message: z.string() })
    .nullable()
    .optional(),
  /** What OpenEnv's typed clients keep of a reset. */
  metadata: z.record(z.string(), z.string()).optional(),
});

export const stateSchema = z.object({
  episode_id: z.string(),
  step_count: z.number().int(),
  task: z.string(),
  done: z.boolean(),
});

export interface Observed {
  observation: z.input<typeof observationSchema>;
  reward: number | null;
  done: boolean;
}

/** Tools as OpenEnv's `Tool` has them. */
const toolsOf = ({ tools }: Episode) =>
  tools.map(({ function: { name, description = "", parameters } }) => ({
    name,
    description,
    input_schema: parameters,
  }));

/** One environment: of a socket, or of one HTTP request. */
export class OpenEnvSession {
  #episode: Episode | undefined;

  constructor(private readonly tasks: ServedTasks) {}

  async reset(request: z.output<typeof resetSchema>): Promise<Observed> {
    const { seed = 0, task: name, episode_id = randomUUID() } = request;
    const task =
      name === undefined ? this.tasks[seed % this.tasks.length] : this.tasks.find((task) => task.name === name);
    if (!task) throw new SynthesisError("invalid_task", `there is no task ${name}; /metadata names those there are`);
    await this.#episode?.close();
    this.#episode = await Episode.open(task, episode_id);
    const told = { instruction: task.instruction, task: task.name };
    return {
      observation: { ...told, metadata: told, tools: toolsOf(this.#episode) },
      reward: null,
      done: false,
    };
  }

  async step(action: Action): Promise<Observed> {
    if (!this.#episode) await this.reset({});
    const episode = this.#episode!;
    if (action.type === "list_tools")
      return { observation: { tools: toolsOf(episode) }, reward: null, done: episode.done };
    const { tool_name } = action;
    const { text, failed } = await episode.call(tool_name, action.arguments);
    const isKnown = episode.tools.some(({ function: { name } }) => name === tool_name);
    const error = { error_type: isKnown ? ("execution_error" as const) : ("tool_not_found" as const), message: text };
    const said = failed ? { error } : { result: text, error: null };
    return { observation: { tool_name, ...said }, reward: episode.reward, done: episode.done };
  }

  state(): z.output<typeof stateSchema> {
    const { id = "", steps = 0, done = false, task } = this.#episode ?? {};
    return { episode_id: id, step_count: steps, task: task?.name ?? "", done };
  }

  async close(): Promise<void> {
    await this.#episode?.close();
    this.#episode = undefined;
  }
}

const message = z.discriminatedUnion("type", [
  z.object({ type: z.literal("reset"), data: resetSchema.default({}) }),
  z.object({ type: z.literal("step"), data: actionSchema }),
  z.object({ type: z.literal("state") }),
  z.object({ type: z.literal("close") }),
]);

/** Answers one message of a socket; undefined ends it. */
export async function answerMessage(session: OpenEnvSession, text: string): Promise<object | undefined> {
  const error = (code: string, message: string) => ({ type: "error", data: { message, code } });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return error("INVALID_JSON", "the message is no JSON");
  }
  const parsed = message.safeParse(value);
  if (!parsed.success) {
    const known = ["reset", "step", "state", "close"].includes((value as { type?: string } | null)?.type ?? "");
    return error(known ? "VALIDATION_ERROR" : "UNKNOWN_TYPE", z.prettifyError(parsed.error));
  }
  try {
    switch (parsed.data.type) {
      case "reset":
        return { type: "observation", data: await session.reset(parsed.data.data) };
      case "step":
        return { type: "observation", data: await session.step(parsed.data.data) };
      case "state":
        return { type: "state", data: session.state() };
      case "close":
        return undefined;
    }
  } catch (failure) {
    return error("EXECUTION_ERROR", (failure as Error).message);
  }
}
