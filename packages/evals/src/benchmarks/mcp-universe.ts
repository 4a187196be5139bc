import type { AssistantMessage } from "@cachalot/chat";
import type { Environment } from "@cachalot/environments";
import * as z from "zod";
import { type Benchmark, ownCalls, right, says, wrong } from "../benchmark.js";
import { readRows } from "../data/read-rows.js";
import { EvalsError } from "../errors.js";
import { type Evaluator, evaluatorsSchema, holds, valueAt } from "../mcp/evaluators.js";
import { openServers, readServers, type Servers } from "../mcp/servers.js";

const EXPECTS =
  '{"id": "...", "question": "...", "mcp_servers": [{"name": "..."}], "output_format": {...}, "evaluators": [{"func": "json -> get(KEY)", "op": "=", "value": ...}]}';

const rowSchema = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  question: z.string().min(1),
  mcp_servers: z.array(z.looseObject({ name: z.string() })).min(1),
  output_format: z.json().optional(),
  evaluators: evaluatorsSchema,
  /** What the oracle does: calls by name and arguments, then an answer. */
  solution: z
    .object({ calls: z.array(z.tuple([z.string(), z.record(z.string(), z.json())])).default([]), answer: z.string() })
    .optional(),
});

interface McpTask {
  servers: Servers;
  evaluators: readonly Evaluator[];
  solution: z.infer<typeof rowSchema>["solution"];
}

/** Luo et al. 2025: tasks over MCP servers, judged by what the answer or the world holds in the end. */
export const mcpUniverse: Benchmark<McpTask> = {
  name: "mcp-universe",
  description: "tasks over MCP servers of your own, judged by the answer and by what tools say afterwards",
  licence: "the tasks'",
  source: { bundled: false, where: "your own tasks and servers, in the form of MCP-Universe", expects: EXPECTS },
  agent: { steps: 40 },
  async *items({ data, environments }) {
    if (data === undefined)
      throw new EvalsError(
        "missing_data",
        `mcp-universe is not bundled: pass --data FILE; a row is ${EXPECTS}. Its servers come by --environments FILE`,
      );
    const rows = await readRows(data);
    const servers = await readServers(environments);
    for (const [i, { fields, where }] of rows.entries()) {
      const { success, data: row, error } = rowSchema.safeParse(fields);
      if (!success) {
        const { path, message } = error.issues[0]!;
        throw new EvalsError("bad_data", `${where}: ${path.join(".")}: ${message}; expected ${EXPECTS}`);
      }
      const named = row.mcp_servers.map(({ name }) => [name, servers[name]] as const);
      const missing = named.find(([, server]) => server === undefined);
      if (missing)
        throw new EvalsError(
          "bad_data",
          `${where}: mcp_servers names ${missing[0]}; ${environments} has ${Object.keys(servers).join(", ")}: add it there`,
        );
      const { evaluators, solution } = row;
      yield {
        id: String(row.id ?? i + 1),
        messages: [{ role: "user", content: questionOf(row) }],
        gold: evaluators.map(({ func, op, value }) => `${func} ${op} ${JSON.stringify(value)}`).join("; "),
        data: { servers: Object.fromEntries(named) as Servers, evaluators, solution },
      };
    }
  },
  open: ({ data: { servers } }) => openServers(servers),
  async grade({ message: { content }, environment }, { data: { evaluators } }) {
    const answer = content?.trim() ?? "";
    if (answer === "") return wrong("there is no answer");
    for (const evaluator of evaluators) {
      const broken = await whatFails(evaluator, answer, environment);
      if (broken !== undefined) return wrong(broken, answer);
    }
    return right(`all ${evaluators.length} evaluators hold`, answer);
  },
  oracle: ({ id, data }) => solved(id, data),
  wrong: () => says("I do not know."),
};

function questionOf({ question, output_format: format }: z.infer<typeof rowSchema>): string {
  return format === undefined
    ? question
    : `${question}\n\nAnswer in the end with JSON of this form and nothing else:\n${JSON.stringify(format, null, 2)}`;
}

/** Why an evaluator does not hold; undefined where it does. @throws what a tool throws: the sample is then not measured */
async function whatFails(
  { tool: name, arguments: args, func, op, value }: Evaluator,
  answer: string,
  environment: Environment | undefined,
): Promise<string | undefined> {
  const looked = name === undefined ? answer : await resultOf(environment, name, args);
  try {
    const found = valueAt(looked, func);
    if (holds(found, { op, value })) return undefined;
    return `${name ?? "the answer"}: ${func} is ${JSON.stringify(found).slice(0, 200)}, wanted ${op} ${JSON.stringify(value)}`;
  } catch (error) {
    return `${name ?? "the answer"}: ${(error as Error).message}`;
  }
}

async function resultOf(environment: Environment | undefined, name: string, args: object): Promise<string> {
  const tool = environment?.tools.find(({ definition }) => definition.function.name === name);
  if (!tool) throw new Error(`an evaluator names the tool ${name}, which no server has`);
  const { signal } = new AbortController();
  return tool.execute(args as Record<string, unknown>, { signal, callId: "evaluator", idempotencyKey: "evaluator" });
}

/** The solution of the row, or an answer made of what its evaluators want of JSON's keys. */
function solved(id: string, { solution, evaluators }: McpTask): readonly AssistantMessage[] {
  if (solution)
    return [
      ...solution.calls.map(([name, args]) => ownCalls([[name, JSON.stringify(args)]])),
      ...says(solution.answer),
    ];
  const wanted = evaluators.map(({ func, op, value, tool }) => {
    const key = /^json\s*->\s*get\((\w+)\)$/.exec(func)?.[1];
    return key !== undefined && op === "=" && tool === undefined ? ([key, value] as const) : undefined;
  });
  if (wanted.every((one) => one !== undefined)) return says(JSON.stringify(Object.fromEntries(wanted)));
  throw new EvalsError(
    "bad_data",
    `${id} has no solution, which the oracle follows; add the field solution to its row`,
  );
}
