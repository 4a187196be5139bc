/** The routes of agent runs: what their traces hold, live, and starting, approving and resuming them. */

import { AgentError, DEFAULT_STRATEGY, type RunSpec, readTrace, TOOL_SET_NAMES } from "@cachalot/agent";
import { ApiError, type AppContext, badRequest, type Route, readBody } from "@cachalot/server";
import type * as z from "zod";
import {
  approvalSchema,
  ledgerSchema,
  runListSchema,
  runPageSchema,
  runStepsSchema,
  shownRecordSchema,
  startRunSchema,
} from "../../wire/runs.js";
import { ledgerView } from "./ledger-view.js";
import { RunDesk } from "./run-desk.js";
import { RunStore } from "./run-store.js";
import { followRun } from "./run-stream.js";
import { shownRecord } from "./shown-record.js";

/** A run without documents cannot search. */
const TOOLS = TOOL_SET_NAMES.filter((name) => name !== "search");
const PAGE = 200;

export interface RunRoutesOptions {
  /** Holds the runs. */
  directory: string;
  /** The served model as a run's plan names it, so that other commands can go on with runs that pages started. */
  modelPlan?: object;
}

export function runRoutes({ directory, modelPlan = {} }: RunRoutesOptions): readonly Route[] {
  const desk = new RunDesk(directory, modelPlan);
  const store = new RunStore(directory, desk);
  return [...readingRoutes(store, desk), ...actingRoutes(store, desk)];
}

function readingRoutes(store: RunStore, desk: RunDesk): readonly Route[] {
  const path = "/studio/api/runs";
  return [
    {
      ...{ method: "GET", path, summary: "Runs of agents, the newest first", response: runListSchema },
      handle: async (c) => c.json({ ...(await store.list()), tools: TOOLS }),
    },
    {
      ...{ method: "GET", path: `${path}/:id`, summary: "Records of a run, long texts cut", response: runPageSchema },
      async handle(c) {
        const id = c.req.param("id")!;
        const index = await store.index(id);
        const from = Math.max(0, Math.trunc(Number(c.req.query("after") ?? -1)) + 1 || 0);
        const records = await index.records(from, from + PAGE);
        return c.json({
          run: await store.summary(id),
          records: records.map((record, i) => shownRecord(from + i, record)),
          total: index.length,
        });
      },
    },
    {
      ...{ method: "GET", path: `${path}/:id/steps`, summary: "Model calls of a run", response: runStepsSchema },
      async handle(c) {
        const index = await store.index(c.req.param("id")!);
        return c.json({ run: await store.summary(c.req.param("id")!), steps: index.steps });
      },
    },
    {
      ...{ method: "GET", path: `${path}/:id/records/:n`, summary: "One record, whole", response: shownRecordSchema },
      async handle(c) {
        const n = Number(c.req.param("n"));
        const [record] = await (await store.index(c.req.param("id")!)).records(n, n + 1);
        if (!record)
          throw new ApiError(404, `There is no record ${n}; ask for one of the run's`, { code: "no_record" });
        return c.json({ n, record, omitted: 0 });
      },
    },
    {
      ...{ method: "GET", path: `${path}/:id/events`, summary: "Records of a run as they are written" },
      handle: (c, app) => followRun(c, { ...app, store, desk, id: c.req.param("id")! }),
    },
    {
      ...{
        method: "GET",
        path: `${path}/:id/ledger`,
        summary: "What the model read and wrote",
        response: ledgerSchema,
      },
      async handle(c, app) {
        if (!app.tokenizer)
          throw new ApiError(404, "The served model's tokenizer is not here; serve a model of this machine", {
            code: "no_tokenizer",
          });
        return c.json(ledgerView(await readTrace(store.path(c.req.param("id")!)), app.tokenizer));
      },
    },
  ];
}

function actingRoutes(store: RunStore, desk: RunDesk): readonly Route[] {
  const path = "/studio/api/runs";
  return [
    {
      ...{ method: "POST", path, summary: "Start a run", body: startRunSchema },
      async handle(c, app) {
        const asked = await readBody(c, app, startRunSchema);
        const id = await begun(() => desk.start(specOf(asked, app), served(app, desk)));
        await store.appears(id);
        return c.json({ id }, 202);
      },
    },
    {
      ...{ method: "POST", path: `${path}/:id/resume`, summary: "Go on with a run" },
      async handle(c, app) {
        const id = c.req.param("id")!;
        await store.index(id);
        return c.json({ id: await begun(() => desk.resume(id, served(app, desk))) }, 202);
      },
    },
    {
      ...{ method: "POST", path: `${path}/:id/approvals`, summary: "Approve or deny a call", body: approvalSchema },
      async handle(c, app) {
        const { ticket, approved, reason } = await readBody(c, app, approvalSchema);
        if (!desk.decide(c.req.param("id")!, ticket, approved ? { approved } : { approved, reason }))
          throw new ApiError(409, "No such call waits; it was decided before", { code: "no_such_call" });
        return c.json({ ticket, approved });
      },
    },
  ];
}

const closing = new WeakSet<RunDesk>();

function served({ chat, tokenizer, shutdown }: AppContext, desk: RunDesk) {
  if (!closing.has(desk)) shutdown.addEventListener("abort", () => void desk.close(), { once: true });
  closing.add(desk);
  return { model: chat, tokenizer };
}

function specOf(asked: z.infer<typeof startRunSchema>, app: AppContext): RunSpec {
  const unknown = asked.tools.find((name) => !(TOOLS as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw badRequest(`There is no tool ${unknown}; there are ${TOOLS.join(", ")}`, "tools", "invalid_value");
  return {
    messages: [
      ...(asked.system ? [{ role: "system" as const, content: asked.system }] : []),
      { role: "user", content: asked.task },
    ],
    thinkingMode: app.defaultThinkingMode,
    sampling: asked.maxTokens === undefined ? {} : { maxTokens: asked.maxTokens },
    limits: { steps: asked.steps },
    context: { strategy: DEFAULT_STRATEGY },
    ...(asked.ask ? { approval: "ask" } : {}),
    agent: { tools: asked.tools, mcp: { servers: [], cwd: process.cwd() } },
  };
}

/** @throws ApiError 409 for what the runs refuse */
async function begun(begin: () => Promise<string>): Promise<string> {
  try {
    return await begin();
  } catch (error) {
    if (error instanceof AgentError) throw new ApiError(409, error.message, { code: error.code });
    throw error;
  }
}
