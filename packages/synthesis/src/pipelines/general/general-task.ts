/** A world and its rules as a task folder: tools in the environment, a verifier with its own copy of the tables. */

import { readFile } from "node:fs/promises";
import { makeTask, type NewTask } from "../../make-task.js";
import { type TaskFolder, textFiles } from "../../task.js";
import type { Constraint } from "./constraints.js";
import { groupBy } from "./group-by.js";
import { inWords } from "./prose.js";
import { worldTools } from "./tools.js";
import type { Plan, World } from "./world.js";

const GUEST = new URL("../../../guest/", import.meta.url);

export interface GeneralTask {
  world: World;
  request: string;
  constraints: readonly Constraint[];
  plan: Plan;
  /** Whose words the request is in. */
  promptSource: NewTask["promptSource"];
  record: Pick<NewTask, "id" | "provenance" | "difficulty" | "evidence">;
}

export async function generalTask(made: GeneralTask): Promise<TaskFolder> {
  const { world, request, constraints, plan, promptSource, record } = made;
  const [tools, verifier] = await Promise.all(
    ["world.py", "verify_plan.py"].map((name) => readFile(new URL(name, GUEST))),
  );
  const seen = {
    ...world,
    tools: worldTools(world).map(({ name, description, parameters }) => ({
      name,
      description,
      inputSchema: parameters,
    })),
  };
  const rules = constraints.map((rule) => ({ ...rule, words: inWords(rule) }));
  return makeTask({
    ...{
      kind: "general",
      pipeline: "general",
      agent: "world",
      answer: "/app/answer.json",
      environmentName: world.name,
      ...record,
    },
    prompt: instruction(world, request, constraints),
    promptSource,
    environment: textFiles({
      Dockerfile: "FROM python:3.11-slim\nWORKDIR /app\nCOPY world.py world.json /app/world/\n",
      "world.py": tools!,
      "world.json": JSON.stringify(seen),
    }),
    tests: textFiles({
      "test.sh": "python3 -I /tests/verify_plan.py\n",
      "verify_plan.py": verifier!,
      "task.json": JSON.stringify({ world, rules }),
    }),
    solution: textFiles({
      "solve.sh": "cp /solution/answer.json /app/answer.json\n",
      "answer.json": JSON.stringify(grouped(world, plan)),
    }),
    config: {
      ...{ verifier: { timeout_sec: 60 }, agent: { timeout_sec: 1800 } },
      environment: {
        allow_internet: false,
        mcp_servers: [{ name: "world", transport: "stdio", command: "python3", args: ["/app/world/world.py", "mcp"] }],
      },
    },
  });
}

/** {"day 1": {"hotel": name}}, as answers are handed in. */
export function grouped(world: World, plan: Plan): Record<string, Record<string, string>> {
  const groups = groupBy(world.slots, ({ group }) => group);
  const members = (group: string) => groups.get(group)!.map(({ name }) => [name, plan[`${group}.${name}`]!]);
  return Object.fromEntries([...groups.keys()].map((group) => [group, Object.fromEntries(members(group))]));
}

function instruction(world: World, request: string, constraints: readonly Constraint[]): string {
  const groups = [...new Set(world.slots.map(({ group }) => group))];
  const shape = groups.map(
    (group) =>
      `"${group}": {${world.slots
        .filter((slot) => slot.group === group)
        .map(({ name, table }) => `"${name}": one of ${table}`)
        .join(", ")}}`,
  );
  const capital = (text: string) => `${text[0]!.toUpperCase()}${text.slice(1)}`;
  return `${request}

${world.description}

These rules must hold:
${constraints.map((constraint) => `- ${capital(inWords(constraint))}.`).join("\n")}

The world is reached by the tools of the MCP server "world", or in a shell: \`python3 /app/world/world.py\` lists them, and
\`python3 /app/world/world.py TOOL '{"argument": "value"}'\` calls one.

Hand in the answer with the tool submit_result, or write it to /app/answer.json, as JSON with names as the tools have them:
{${shape.join(",\n ")}}
`;
}
