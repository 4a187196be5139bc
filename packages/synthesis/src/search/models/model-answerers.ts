/** Answer generation by a model, with several prompts: one a kind of answerer. */

import * as z from "zod";
import { Dropped } from "../../pipeline.js";
import type { Answerer } from "../answerers/answerer.js";
import { type ModelContext, runRole } from "./run-role.js";

const schema = z.object({ id: z.string().nullable() });

const TASK = `Answer with the id of the document in question, as it stands in brackets in search results; null if you find none.`;

const PROMPTS = [
  {
    name: "model-patient",
    weakness: "none that is meant",
    system: `You answer questions by searching a corpus. Check every claim of the question on the pages before you answer. ${TASK}`,
    steps: 24,
  },
  {
    name: "model-hasty",
    weakness: "has few steps",
    system: `You answer questions by searching a corpus. Be quick: two or three searches, then your best guess. ${TASK}`,
    steps: 6,
  },
  {
    name: "model-by-elimination",
    weakness: "starts from one claim",
    system: `You answer questions by searching a corpus. Take the rarest claim first, list what meets it, and rule out the rest one by one. ${TASK}`,
    steps: 24,
  },
] as const;

export function modelAnswerers(context: ModelContext): Answerer[] {
  return PROMPTS.map(({ name, weakness, system, steps }) => ({
    name,
    weakness,
    async answer({ text }, _, draw) {
      const role = { system, task: text, schema, steps, seed: draw.integer(0, 2 ** 30) };
      const answer = await runRole(context, role).catch(noAnswer);
      return answer?.id ?? undefined;
    },
  }));
}

/** An agent that comes to no end has not answered. */
function noAnswer(error: unknown): undefined {
  if (!(error instanceof Dropped)) throw error;
}
