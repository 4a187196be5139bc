/** Verification by a model with the search tools: a verdict on one claim about one document, with a quote for it. */

import * as z from "zod";
import { Dropped } from "../../pipeline.js";
import type { Reader } from "../verify/reader.js";
import { isQuoted, type ModelContext, runRole } from "./run-role.js";

const schema = z.object({
  verdict: z.enum(["holds", "does-not-hold", "cannot-tell"]),
  evidence: z.array(z.object({ page: z.string(), quote: z.string() })).max(10),
  why: z.string(),
});

const SYSTEM = `You verify claims about documents of a corpus. Open the document, and what it refers to where the claim is about that.
"holds" and "does-not-hold" need evidence: verbatim quotes with the id of their page, of what the pages say about it. Where the
pages do not say it, answer "does-not-hold" if they would say it, else "cannot-tell".`;

/** A claim that holds without a quote that is there could not be told. */
export function modelReader(context: ModelContext, seed: number): Reader {
  return {
    name: "model",
    async read(id, claim, _, pass) {
      const task = `The document [${id}]. The claim: it is one that ${claim.text}`;
      const role = { system: SYSTEM, task, schema, steps: 16, seed: seed + pass };
      const said = await runRole(context, role).catch((error: unknown) => {
        if (error instanceof Dropped) return undefined;
        throw error;
      });
      if (said === undefined || said.verdict === "cannot-tell") return undefined;
      const evidence: typeof said.evidence = [];
      for (const each of said.evidence) if (await isQuoted(context.desk, each.page, each.quote)) evidence.push(each);
      if (said.verdict === "holds") return evidence.length > 0 ? { holds: true, evidence } : undefined;
      return { holds: false, evidence, why: said.why };
    },
  };
}
