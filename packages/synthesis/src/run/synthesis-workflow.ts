/** Items of synthesis as durable workflows: recorded when they are done, gone on with by any process. */

import type { Workflow } from "@cachalot/agent";
import type { ChatModel } from "@cachalot/chat";
import type { ItemReport } from "../funnel.js";
import type { Seed } from "../pipeline.js";
import { pipelineNamed } from "../pipelines/index.js";
import { workOnItem } from "./work-on-item.js";

/** Plain JSON: any worker can take it up. */
export interface RecordedItem {
  pipeline: string;
  options: unknown;
  seed: Seed;
  out: string;
  cache: string;
  /** How a worker opens the model that stages are handed to. */
  modelPlan?: unknown;
}

export interface ItemModels {
  /** The model of this process, for every item. */
  model?: ChatModel;
  /** Opens the model of an item's plan, in a worker. */
  open?: (modelPlan: unknown) => Promise<ChatModel>;
}

/** Where items wait for workers. */
export const SYNTHESIS_QUEUE = "synthesis";

/** One workflow for all pipelines: to be opened with the others of a process. */
export function synthesisWorkflow({ model: own, open }: ItemModels = {}): Workflow<RecordedItem, ItemReport> {
  return {
    name: "synthesis-item",
    async run({ pipeline, options, seed, out, cache, modelPlan }, { journal }) {
      const model = own ?? (modelPlan === undefined ? undefined : await open?.(modelPlan));
      const context = { cache, signal: new AbortController().signal, ...(model && { model }) };
      const request = { pipeline: pipelineNamed(pipeline), options, seed, out };
      return (await journal.step("item", () => workOnItem(request, context))).value;
    },
  };
}
