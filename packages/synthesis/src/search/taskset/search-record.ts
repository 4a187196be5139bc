/** What a search task's instance record says of its answer, read with a schema: the folder may be anyone's. */

import * as z from "zod";
import { SynthesisError } from "../../errors.js";
import type { Instance } from "../../instance.js";

const evidence = z.array(z.object({ page: z.string(), quote: z.string() }));
const schema = z.object({
  question: z.string(),
  answer: z.string(),
  path: z
    .array(
      z.union([
        z.object({
          tool: z.literal("search"),
          arguments: z.object({ query: z.string(), limit: z.number().int().min(1).max(50) }),
        }),
        z.object({
          tool: z.literal("open"),
          arguments: z.object({ id: z.string(), page: z.number().int().positive() }),
        }),
      ]),
    )
    .min(1),
  proof: z.array(z.object({ claim: z.string(), evidence })),
  refutations: z.array(z.object({ id: z.string(), claim: z.string() })).min(1),
});

export interface SearchRecord extends Omit<z.output<typeof schema>, "refutations"> {
  /** Its directory's name, after `corpus-`. */
  corpus: string;
  licence: string;
  /** A candidate that was refuted. */
  wrong: string;
}

/** @throws SynthesisError `invalid_task` for a record without what a search task has */
export function searchRecord({ id, environment, provenance, evidence }: Instance): SearchRecord {
  const { data, error } = schema.safeParse(evidence);
  if (error)
    throw new SynthesisError("invalid_task", `${id}: evidence: ${z.prettifyError(error)}; synthesise it again`);
  const { refutations, ...rest } = data;
  return { ...rest, corpus: environment.name ?? "", licence: provenance.licence, wrong: refutations[0]!.id };
}
