/** Derived tools: what a schema says of its tables, as functions that read rows page by page, and write an answer. */

import { groupBy } from "./group-by.js";
import { rowsByName, type Table, type Value, type World } from "./world.js";

export interface WorldTool {
  name: string;
  access: "read" | "write";
  description: string;
  /** JSON Schema of an object. */
  parameters: { type: "object"; properties: Record<string, object>; required: string[]; additionalProperties: false };
}

/** Rows a page of a list shows. */
const PAGE = 20;

const text = (description: string) => ({ type: "string", description });
const page = { type: "integer", minimum: 1, description: "from 1; each holds up to 20 names" };

const tool = (
  name: string,
  description: string,
  properties: Record<string, object>,
  required: string[],
  access: "read" | "write" = "read",
): WorldTool => ({
  name,
  access,
  description,
  parameters: { type: "object", properties, required, additionalProperties: false },
});

/** The table a parent column leads to, by its singular. */
const parentOf = (world: World, { columns, parent }: Table): Table =>
  world.tables.find(({ name }) => name === columns.find(({ name }) => name === parent)!.to)!;

/** The tools of a world, named as the report's trip planner has them. */
export function worldTools(world: World): WorldTool[] {
  const read = world.tables.flatMap((table) => (table.lookup ? [lookupTool(table)] : entityTools(world, table)));
  const groups = [...new Set(world.slots.map(({ group }) => group))];
  const fields = [...new Set(world.slots.map(({ name }) => name))];
  const submit = tool(
    "submit_result",
    `Hands in the answer, which replaces one handed in before: an object with ${groups.map((group) => JSON.stringify(group)).join(", ")}, ` +
      `each an object with its names (${fields.join(", ")}).`,
    { answer: { type: "object" } },
    ["answer"],
    "write",
  );
  return [...read, submit];
}

function entityTools(world: World, table: Table): WorldTool[] {
  const { name, singular, parent, columns } = table;
  const keywords = {
    type: "array",
    items: { type: "string", enum: columns.map(({ name }) => name) },
    description: "columns wanted",
  };
  const units = columns.filter(({ unit }) => unit).map(({ name, unit }) => `${name} in ${unit}`);
  const infos = tool(
    `get_infos_by_${singular}`,
    `What is known of a ${singular}: ${columns.map(({ name }) => name).join(", ")}.${units.length > 0 ? ` ${units.join(", ")}.` : ""}`,
    { keywords, name: text(`of the ${singular}`) },
    ["keywords", "name"],
  );
  if (parent === undefined) return [tool(`get_all_${name}`, `Names of all ${name}.`, { page }, []), infos];
  const above = parentOf(world, table).singular;
  return [
    tool(`get_all_${name}_by_${above}`, `Names of the ${name} of a ${above}.`, { [above]: text("its name"), page }, [
      above,
    ]),
    tool(`get_${above}_by_${singular}`, `The ${above} of a ${singular}.`, { [singular]: text("its name") }, [singular]),
    infos,
  ];
}

function lookupTool({ name, lookup, columns }: Table): WorldTool {
  const { tool: toolName, by } = lookup!;
  const others = columns
    .filter(({ name }) => !by.includes(name))
    .map(({ name, unit }) => (unit ? `${name} in ${unit}` : name));
  return tool(
    toolName,
    `${name.replaceAll("_", " ")}: ${others.join(", ")}.`,
    Object.fromEntries(by.map((column) => [column, text(column.replaceAll("_", " "))])),
    [...by],
  );
}

/** What came of a call: JSON that the agent reads. */
export type ToolOutcome = { result: unknown } | { error: string };

/** An open world: answers calls, keeps what was handed in. */
export interface OpenWorld {
  tools: readonly WorldTool[];
  call(name: string, args: Readonly<Record<string, unknown>>): ToolOutcome;
  /** What was handed in last; undefined before. */
  submitted(): unknown;
}

type Call = (args: Readonly<Record<string, unknown>>) => ToolOutcome;

export function openWorld(world: World): OpenWorld {
  let answer: unknown;
  const calls = new Map<string, Call>();
  for (const table of world.tables)
    for (const [name, call] of table.lookup ? lookupCalls(table) : entityCalls(world, table)) calls.set(name, call);
  calls.set("submit_result", (args) => {
    if (typeof args.answer !== "object" || args.answer === null) return { error: "answer must be an object" };
    answer = args.answer;
    return { result: "submitted" };
  });
  return {
    tools: worldTools(world),
    call: (name, args) => calls.get(name)?.(args) ?? { error: `there is no tool ${name}` },
    submitted: () => answer,
  };
}

function entityCalls(world: World, table: Table): [string, Call][] {
  const { name, singular, parent, columns, rows } = table;
  const byName = rowsByName(table);
  const known = new Set(columns.map(({ name }) => name));
  const row = (key: unknown) => byName.get(key as string);
  const missing = (what: string, key: unknown): ToolOutcome => ({
    error: `there is no ${what} ${JSON.stringify(key)}`,
  });
  const infos: Call = ({ keywords, name: key }) => {
    const found = row(key);
    if (!found) return missing(singular, key);
    const wanted = Array.isArray(keywords) ? keywords : [];
    const strange = wanted.find((word) => !known.has(word as string));
    if (strange !== undefined)
      return { error: `${singular} has no ${JSON.stringify(strange)}; it has ${[...known].join(", ")}` };
    return { result: Object.fromEntries(wanted.map((word) => [word, found[word as string] as Value])) };
  };
  if (parent === undefined) {
    const names = rows.map((row) => row.name as string);
    return [
      [`get_all_${name}`, ({ page = 1 }) => paged(names, page)],
      [`get_infos_by_${singular}`, infos],
    ];
  }
  const above = parentOf(world, table);
  const parents = rowsByName(above);
  const children = groupBy(rows, (row) => row[parent] as string);
  return [
    [
      `get_all_${name}_by_${above.singular}`,
      ({ [above.singular]: key, page = 1 }) =>
        parents.has(key as string)
          ? paged(
              (children.get(key as string) ?? []).map((row) => row.name as string),
              page,
            )
          : missing(above.singular, key),
    ],
    [
      `get_${above.singular}_by_${singular}`,
      ({ [singular]: key }) => (row(key) ? { result: row(key)![parent] } : missing(singular, key)),
    ],
    [`get_infos_by_${singular}`, infos],
  ];
}

function paged(names: readonly string[], page: unknown): ToolOutcome {
  const pages = Math.max(1, Math.ceil(names.length / PAGE));
  if (!Number.isInteger(page) || (page as number) < 1 || (page as number) > pages)
    return { error: `there are pages 1 to ${pages}, not ${JSON.stringify(page)}` };
  const from = ((page as number) - 1) * PAGE;
  return { result: { names: names.slice(from, from + PAGE), page, pages } };
}

function lookupCalls({ name, rows, lookup }: Table): [string, Call][] {
  const { tool, by } = lookup!;
  const key = (values: Readonly<Record<string, unknown>>) => JSON.stringify(by.map((column) => values[column]));
  const index = new Map(rows.map((row) => [key(row), row]));
  return [
    [
      tool,
      (args) => {
        const row = index.get(key(args));
        return row ? { result: row } : { error: `there is no ${name.replaceAll("_", " ")} for ${key(args)}` };
      },
    ],
  ];
}
