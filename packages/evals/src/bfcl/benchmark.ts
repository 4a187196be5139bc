/** Patil et al. 2025: the multi-turn categories of the Berkeley Function Calling Leaderboard v4. */

import { fileURLToPath } from "node:url";
import type { AssistantMessage } from "@cachalot/chat";
import { type Benchmark, type Grade, ownCalls, right, says, wrong } from "../benchmark.js";
import { fileSource } from "../data/file-source.js";
import { readRows } from "../data/read-rows.js";
import { describe } from "../state/differences.js";
import { APIS } from "./apis/index.js";
import { faultOfTurns, shownCall } from "./check.js";
import { openTurns, type TurnsConversation } from "./conversation.js";
import { documentOf, type FunctionDocument } from "./documents.js";
import { type Entry, EXPECTS, entryOf } from "./entry.js";
import { type LongContext, longContext } from "./long-context.js";
import { withPossibleAnswers } from "./possible-answers.js";

const ROLE =
  "You act through the functions you have. Call them until what the user asks is done, then answer in words. Where a value or a function is missing, say so and make no call.";
/** Of a whole conversation. */
const MOST_CALLS = 200;

let documents: Promise<ReadonlyMap<string, readonly FunctionDocument[]>> | undefined;

function functionDocuments(): Promise<ReadonlyMap<string, readonly FunctionDocument[]>> {
  documents ??= Promise.all(
    APIS.map(async ({ name, document }) => {
      const path = fileURLToPath(new URL(`../../data/bfcl-functions/${document}.gz`, import.meta.url));
      return [name, (await readRows(path, document)).map(documentOf)] as const;
    }),
  ).then((all) => new Map(all));
  return documents;
}

/** @param isLong states and results are filled up */
export function multiTurn(category: string, description: string, isLong = false): Benchmark<Entry> {
  const source = (known: ReadonlyMap<string, readonly FunctionDocument[]>, long?: LongContext) =>
    fileSource<Entry>({
      ...{ name: `bfcl-multi-turn-${category}`, description, licence: "Apache-2.0", expects: EXPECTS },
      bundled: `bfcl-multi-turn-${category}.jsonl.gz`,
      where: "github.com/ShishirPatil/gorilla, bfcl_eval/data, with possible_answer beside it, or as ground_truth",
      complete: withPossibleAnswers,
      item(row) {
        const { id, ...entry } = entryOf(row, known);
        const data = { ...entry, ...(long && { long }) };
        const opening = openTurns(data);
        opening.userTurn?.([]);
        return {
          id,
          messages: [{ role: "system", content: ROLE }],
          tools: opening.offered(),
          gold: data.turns.map(({ gold }, i) => `${i + 1}: ${gold.map(shownCall).join("; ") || "no call"}`).join("\n"),
          budget: { calls: MOST_CALLS },
          data,
        };
      },
    });
  return {
    ...source(new Map()),
    told: true,
    async *items(request) {
      yield* source(await functionDocuments(), isLong ? await longContext() : undefined).items(request);
    },
    open: ({ data }) => openTurns(data),
    offers: (environment) => (environment as TurnsConversation).step(),
    grade: ({ environment }, { data }) => gradeTurns(data, environment as TurnsConversation),
    oracle: ({ data }) => data.turns.flatMap(played),
    wrong: ({ data }) => data.turns.flatMap(({ gold }) => played({ gold: gold.slice(0, -1) })),
  };
}

const played = ({ gold }: Pick<Entry["turns"][number], "gold">): readonly AssistantMessage[] => [
  ...(gold.length > 0 ? [ownCalls(gold.map(({ name, arguments: args }) => [name, JSON.stringify(args)]))] : []),
  ...says("Done."),
];

function gradeTurns(entry: Entry, { made, broken }: TurnsConversation): Grade {
  const answer = made.map((calls, i) => `${i + 1}: ${calls.map(shownCall).join("; ") || "no call"}`).join("\n");
  if (broken) return wrong(broken, answer);
  if (made.length < entry.turns.length)
    return wrong(`it ended in turn ${made.length} of ${entry.turns.length}`, answer);
  const fault = faultOfTurns(entry, made);
  if (!fault) return right(`states and responses of all ${entry.turns.length} turns are right`, answer);
  const { turn, kind, differences = [], missing = [] } = fault;
  if (kind === "no calls") return wrong(`turn ${turn}: no call was made`, answer);
  return kind === "state"
    ? wrong(`turn ${turn}: ${describe(differences)}`, answer)
    : wrong(`turn ${turn}: nothing returned what these do: ${missing.join("; ")}`, answer);
}
