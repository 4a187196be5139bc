/** Stages of the search pipeline: each done by a program, or handed to a model as an agent with the role the report names. */

import type { ChatModel } from "@cachalot/chat";
import type { Draw } from "@cachalot/tensor";
import { SynthesisError } from "../errors.js";
import { Dropped, type ItemContext } from "../pipeline.js";
import type { Answerer } from "./answerers/answerer.js";
import { ANSWERERS } from "./answerers/index.js";
import { explore, type Walk } from "./explore.js";
import type { Constraint } from "./graph/constraint.js";
import type { GraphEntity } from "./graph/entity-graph.js";
import { hunt } from "./hunt.js";
import { modelAnswerers } from "./models/model-answerers.js";
import { modelReader } from "./models/model-reader.js";
import type { ModelContext } from "./models/run-role.js";
import { writeQuestion } from "./models/write-question.js";
import { ask } from "./question/ask.js";
import { construct } from "./question/construct.js";
import type { SearchCall, SearchDesk } from "./search-tools.js";
import { exactReader, type Reader } from "./verify/reader.js";
import { type Claim, claimsOf } from "./verify/sample.js";
import type { SearchWorld } from "./world.js";

/** Roles that a model may take. */
export const ROLES = ["question", "answer", "verify"] as const;
export type RoleName = (typeof ROLES)[number];

export interface AskedSample {
  question: string;
  claims: readonly Claim[];
  /** Empty where a model wrote the claims. */
  constraints: readonly Constraint[];
  /** Calls that lead to the answer, those of the agent that found it, and pages that were nearly it. */
  path: readonly SearchCall[];
  calls: readonly SearchCall[];
  near: readonly string[];
}

export interface Stages {
  /** Explores, asks, and proves that the answer can be reached; undefined when the item was dropped. */
  ask(answer: GraphEntity, walk: Walk, searches: number): Promise<AskedSample | undefined>;
  answerers(count: number): readonly Answerer[];
  reader: Reader;
}

export interface StageContext {
  world: SearchWorld;
  desk: SearchDesk;
  item: ItemContext;
  draw: Draw;
}

/** @throws SynthesisError `invalid_options` for roles without a model */
export function stagesOf(context: StageContext, roles: readonly RoleName[]): Stages {
  const { item, desk } = context;
  const models = (role: RoleName): ModelContext => ({
    ...{ model: modelOf(item.model, role), desk, signal: item.signal },
    spend: (tokens) => item.spend(role, { tokens }),
  });
  const has = (role: RoleName) => roles.includes(role);
  return {
    ask: has("question") ? askByModel(context, models("question")) : askByProgram(context),
    answerers: has("answer") ? () => modelAnswerers(models("answer")) : (count) => context.draw.some(ANSWERERS, count),
    reader: has("verify") ? modelReader(models("verify"), context.draw.integer(0, 2 ** 30)) : exactReader,
  };
}

function modelOf(model: ChatModel | undefined, role: RoleName): ChatModel {
  if (model) return model;
  throw new SynthesisError("invalid_options", `the role ${role} needs a model; name one, or leave the role out`);
}

/** Pages that the agent which proves a question answerable may check. */
const PAGES = 1500;

function askByProgram({ world: { graph, kind }, desk, item, draw }: StageContext): Stages["ask"] {
  return async ({ id }, walk, searches) => {
    const explored = await item.stage("explore", async () => {
      return (await explore(id, desk.tools(), draw, walk)) ?? drop("no-page", id);
    });
    const constraints =
      explored && (await item.stage("question", () => construct(explored, graph, draw) ?? drop("not-singled-out", id)));
    const reached = constraints && (await item.stage("reach", () => reach(constraints, id, desk, draw, searches)));
    return (
      reached && { question: ask(kind, constraints), claims: claimsOf(kind, constraints), constraints, ...reached }
    );
  };
}

function askByModel({ draw, item }: StageContext, context: ModelContext): Stages["ask"] {
  return (answer, walk) =>
    item.stage("question", async () => {
      const written = await writeQuestion(context, answer, walk, draw.integer(0, 2 ** 30));
      return { ...written, constraints: [], calls: written.path, near: [] };
    });
}

const drop = (reason: string, detail: string): never => {
  throw new Dropped(reason, detail);
};

/** The answer must be found with the tools alone; what was nearly it on the way makes good distractors. */
async function reach(constraints: readonly Constraint[], id: string, desk: SearchDesk, draw: Draw, searches: number) {
  const tools = desk.tools();
  const held = new Map<string, number>();
  const seen = (page: { id: string }, count: number) => held.set(page.id, Math.max(count, held.get(page.id) ?? 0));
  const found = await hunt(constraints, tools, { searches, pages: PAGES, draw, seen });
  if (found === undefined) return drop("unreachable", `not found with ${searches} searches`);
  if (found.page.id !== id) return drop("ambiguous", `${found.page.id} meets all claims as well`);
  const near = [...held].sort(([, a], [, b]) => b - a).map(([page]) => page);
  return { path: found.path, calls: tools.calls, near };
}
