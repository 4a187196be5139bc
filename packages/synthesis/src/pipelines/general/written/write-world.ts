/** World authoring: a model with a shell, and a corpus where there is one, turns a sentence into a schema, rows and rules. */

import { bashTool, searchTools } from "@cachalot/agent";
import { createSandbox } from "@cachalot/sandbox";
import { holds } from "../../../gates/leak.js";
import { askAgent, type RoleContext } from "../../../models/ask-agent.js";
import { Dropped } from "../../../pipeline.js";
import { openSearchWorld } from "../../../search/world.js";
import { inWords } from "../prose.js";
import { type WorldDraft, worldDraft } from "./world-draft.js";

export interface WritingContext extends RoleContext {
  cache: string;
  /** Searched by the agent, as the search pipeline takes them. */
  corpus?: string;
}

const SYSTEM = `You write worlds for planning agents: tables of typed rows, and what an answer must meet. You are given a sentence.
Make rows with the shell (it has Python, and no network), or look them up where you have search tools.
- A table has a name, a singular, columns and rows; the first column is name, unique in the table. A reference column holds the
  name of a row of the table in "to"; "parent" is the reference column that groups rows. Relations have no names but "lookup":
  the tool that looks a row up, and by which columns.
- An answer has slots, {group, name, table}: it puts one row of that table there. Rules speak of slots as "group.name".
- structure holds for every sensible answer (within: a row is inside another slot's row; different: no row twice). rules are what
  this request wants besides. Programs add harder rules from the numeric columns, find an answer, and judge answers: give the
  tables that slots choose from several numeric columns and ten rows or more for each choice.
- Never name a row that a slot may choose in request, description or rules: that would tell the answer.`;

/** @throws Dropped `no-output`; `leak` for words that name what an answer may be */
export async function writeWorld(sentence: string, context: WritingContext, seed: number): Promise<WorldDraft> {
  const sandbox = await createSandbox();
  const searched = context.corpus === undefined ? undefined : await openSearchWorld(context.corpus, context.cache);
  try {
    const tools = [await bashTool(sandbox), ...(searched ? searchTools(searched.corpus) : [])];
    const draft = await askAgent(context, {
      ...{ system: SYSTEM, task: `The sentence: ${sentence}`, tools },
      ...{ schema: worldDraft, steps: 30, seed },
    });
    refuseLeaks(draft);
    return draft;
  } finally {
    await searched?.close();
    await sandbox.close();
  }
}

function refuseLeaks({ tables, slots, request, description, structure, rules }: WorldDraft): void {
  const said = [request, description, ...[...structure, ...rules].map(inWords)].join("\n");
  for (const { table } of slots)
    for (const { name } of tables.find((one) => one.name === table)!.rows)
      if (holds(said, `${name}`))
        throw new Dropped("leak", `what the agent is told names ${name} of ${table}, which may be the answer`);
}
