/** The routes of the studio: its pages as static files and the API that feeds them, one entry each. */

import type { LocalEngine } from "@cachalot/engine";
import type { Route } from "@cachalot/server";
import { conversationRoutes } from "./api/conversations/conversation-routes.js";
import { encodeRoute } from "./api/encode/encode-route.js";
import { engineRoutes } from "./api/engine/engine-routes.js";
import { evalRoutes } from "./api/evals/eval-routes.js";
import { generationRoutes } from "./api/generations/generation-routes.js";
import { lensRoutes } from "./api/lens/lens-routes.js";
import { rolloutRoutes } from "./api/rollouts/rollout-routes.js";
import { runRoutes } from "./api/runs/run-routes.js";
import { serverRoute } from "./api/server-route.js";
import { taskRoutes } from "./api/tasks/task-routes.js";
import { toolsRoutes } from "./api/tools-routes.js";
import { trainingRoutes } from "./api/training/training-routes.js";
import { createAccess, guarded } from "./http/access.js";
import { pageRoutes } from "./http/page-routes.js";

export interface StudioOptions {
  /** Where conversations are kept, and whatever else the pages write. */
  directory: string;
  /** Where `runs/`, `evals/` and `tasks/` are. Default: the working directory. */
  workingDirectory?: string;
  /** The served model as the plan of an agent's run names it, so that `cachalot resume` goes on with runs that pages started. */
  modelPlan?: object;
  /**
   * Asked for once, in the address of the first visit (`/studio/?token=…`), which then gets a cookie. Needed wherever others can reach the
   * server. Default: none.
   */
  token?: string;
  /** Whether the chat offers tools of the server. Default true; false for a model that was trained without. */
  tools?: boolean;
  /** The model where it runs here: what the lens looks into. Default: none, as for a gateway. */
  engine?: LocalEngine;
}

/**
 * Routes for `createServer({ routes })`.
 * @throws StudioError "not_built" without the built pages
 */
export function studioRoutes(options: StudioOptions): readonly Route[] {
  const access = createAccess(options.token);
  const { directory, engine, workingDirectory = process.cwd(), modelPlan, tools } = options;
  const api: readonly Route[] = [
    serverRoute(),
    ...conversationRoutes(directory),
    ...generationRoutes(),
    ...toolsRoutes(tools),
    encodeRoute(),
    ...lensRoutes(engine),
    ...engineRoutes(engine),
    ...runRoutes({ directory, ...(modelPlan ? { modelPlan } : {}) }),
    ...trainingRoutes(workingDirectory),
    ...rolloutRoutes(workingDirectory),
    ...evalRoutes(workingDirectory),
    ...taskRoutes(workingDirectory),
  ];
  return [...api.map((route) => guarded(access, route)), ...pageRoutes(access)];
}
