/** The routes of tasks: tasksets, synthesis funnels, and environments played by hand. */

import { EnvironmentError, TASKSETS } from "@cachalot/environments";
import { ApiError, type Route, readBody } from "@cachalot/server";
import { SynthesisError } from "@cachalot/synthesis";
import {
  playAnswerSchema,
  playCallSchema,
  playRequestSchema,
  playResultSchema,
  playSchema,
  taskListSchema,
  verdictSchema,
} from "../../wire/tasks.js";
import { PlayTable } from "./play-table.js";
import { synthesisedTasks } from "./task-files.js";

/** @param directory where `tasks/` is */
export function taskRoutes(directory: string): readonly Route[] {
  const table = new PlayTable(directory);
  const path = "/studio/api/tasks";
  return [
    {
      ...{ method: "GET", path, summary: "Tasksets, folders of tasks, and funnels", response: taskListSchema },
      handle: async (c) => c.json({ tasksets: tasksets(), ...(await synthesisedTasks(directory)) }),
    },
    {
      ...{ method: "POST", path: `${path}/plays`, body: playRequestSchema, response: playSchema },
      summary: "Draw a task and open its environment",
      async handle(c, app) {
        const request = await readBody(c, app, playRequestSchema);
        return c.json(await told(table.open(request)), 201);
      },
    },
    {
      ...{ method: "POST", path: `${path}/plays/:id/calls`, body: playCallSchema, response: playResultSchema },
      summary: "Call a tool of an open environment",
      async handle(c, app) {
        const { name, arguments: args } = await readBody(c, app, playCallSchema);
        return c.json({ content: await told(table.call(c.req.param("id")!, name, args)) });
      },
    },
    {
      ...{ method: "POST", path: `${path}/plays/:id/answer`, body: playAnswerSchema, response: verdictSchema },
      summary: "Submit an answer, and be judged",
      async handle(c, app) {
        const { answer } = await readBody(c, app, playAnswerSchema);
        return c.json(await told(table.answer(c.req.param("id")!, answer)));
      },
    },
    {
      ...{ method: "DELETE", path: `${path}/plays/:id`, summary: "Close an environment" },
      async handle(c) {
        await table.close(c.req.param("id")!);
        return c.body(null, 204);
      },
    },
  ];
}

const tasksets = () =>
  TASKSETS.map(({ name, domain, description, licence, levels, modes, rubric }) => ({
    ...{ name, domain, description, licence, levels, modes: [...modes] },
    rewards: rubric.map(({ name, weight }) => ({ name, weight })),
  }));

/** What environments refuse is the client's to mend. */
async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof EnvironmentError || error instanceof SynthesisError)
      throw new ApiError(400, error.message, { code: error.code });
    if (error instanceof Error && error.name === "EnvironmentFault")
      throw new ApiError(422, error.message, { code: "environment_fault" });
    throw error;
  }
}
