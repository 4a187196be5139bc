/** The routes of rollouts: files of a run, groups of a step, tokens of a group. */

import { dirname, join } from "node:path";
import { ApiError, type Route } from "@cachalot/server";
import type { Context } from "hono";
import { rolloutFilesSchema, rolloutGroupsSchema, rolloutTokensSchema } from "../../wire/rollouts.js";
import { pathBelow } from "../working-directory.js";
import { RolloutFilesOf } from "./rollout-files.js";
import { groupsOf, tokensOf, updatesOf } from "./rollout-view.js";

/** @param directory where `runs/` is */
export function rolloutRoutes(directory: string): readonly Route[] {
  const folder = join(directory, "runs");
  const files = new RolloutFilesOf(folder);
  const path = "/studio/api/rollouts/:run";
  return [
    {
      ...{ method: "GET", path, summary: "Files of a run's rollouts", response: rolloutFilesSchema },
      handle: async (c) => c.json({ files: await files.files(c.req.param("run")!) }),
    },
    {
      ...{ method: "GET", path: `${path}/groups`, summary: "Groups of a step. Query: file" },
      response: rolloutGroupsSchema,
      async handle(c) {
        const file = required(c, "file");
        return c.json(groupsOf(file, await files.step(c.req.param("run")!, file)));
      },
    },
    {
      ...{ method: "GET", path: `${path}/tokens`, summary: "Tokens of a group's rollouts. Query: file, group" },
      response: rolloutTokensSchema,
      async handle(c) {
        const [run, file, group] = [c.req.param("run")!, required(c, "file"), required(c, "group")];
        const step = await files.step(run, file);
        const view = pathBelow(folder, run, "rollouts", dirname(file), "view.json");
        return c.json(tokensOf(step, group, await files.tokenizer(run), await updatesOf(view, step.step)));
      },
    },
  ];
}

function required(c: Context, name: string): string {
  const value = c.req.query(name);
  if (value) return value;
  throw new ApiError(400, `The query ${name} is missing; add it`, { code: "missing", param: name });
}
