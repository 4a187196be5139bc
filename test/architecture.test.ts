import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Floors of the house, from the ground up: a package imports from floors below its own. See docs/architecture.md. */
const FLOORS: readonly (readonly string[])[] = [
  ["files"],
  ["chat", "tensor", "sandbox"],
  ["model", "agent", "rollouts", "server", "ai-sdk"],
  ["engine", "training", "environments"],
  ["synthesis"],
  ["evals"],
  ["studio"],
  ["cli"],
];

/** Longer than this a file holds more than one idea, or a table. */
const MOST_LINES = 400;

interface Import {
  from: string;
  to: string;
}

const packages = readdirSync(join(root, "packages"));
const sources = packages.flatMap((name) => filesUnder(join(root, "packages", name, "src")));

function filesUnder(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx)$/.test(entry.name) && !entry.name.endsWith(".d.ts"))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** What a file imports, values and types alike, statically or not. */
function importsOf(file: string): Import[] {
  const text = readFileSync(file, "utf8")
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/^\s*\/\/.*$/gm, "");
  const specifiers = text.matchAll(
    /(?:^|[\s;])(?:import|export)\b[^"'`;]*?\bfrom\s*"([^"]+)"|\bimport\s*\(?\s*"([^"]+)"/g,
  );
  return Array.from(specifiers, ([, named, bare]) => ({ from: file, to: (named ?? bare)! }));
}

const imports = sources.flatMap(importsOf);
const shown = (file: string) => relative(join(root, "packages"), file);
const packageOf = (file: string) => shown(file).split("/")[0]!;
const isTest = (file: string) => /\.test\.ts$|\/(testing|fixtures)\//.test(file);

test("every package has its floor, and imports only from floors below", () => {
  const floorOf = (name: string) => FLOORS.findIndex((floor) => floor.includes(name));
  expect(packages.filter((name) => floorOf(name) < 0)).toEqual([]);
  const upward = imports
    .filter(({ from, to }) => to.startsWith("@cachalot/") && !isTest(from))
    .map(({ from, to }) => ({ from: packageOf(from), to: to.split("/")[1]!, file: shown(from) }))
    .filter(({ from, to }) => from !== to && packages.includes(to) && floorOf(to) >= floorOf(from));
  expect(upward).toEqual([]);
});

test("no files import each other in a circle, not even their types", () => {
  const known = new Set(sources);
  const graph = new Map<string, string[]>(sources.map((file) => [file, []]));
  for (const { from, to } of imports) {
    const target = to.startsWith(".") ? resolve(dirname(from), to.replace(/\.js$/, ".ts")) : undefined;
    if (target && known.has(target)) graph.get(from)!.push(target);
  }
  expect(circles(graph).map((circle) => circle.map(shown).sort())).toEqual([]);
});

/** Groups of files that reach each other (Tarjan's strongly connected components). */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const number = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const waiting = new Set<string>();
  const found: string[][] = [];
  const visit = (node: string) => {
    number.set(node, number.size);
    low.set(node, number.get(node)!);
    stack.push(node);
    waiting.add(node);
    for (const next of graph.get(node)!) {
      if (!number.has(next)) visit(next);
      if (waiting.has(next)) low.set(node, Math.min(low.get(node)!, low.get(next)!));
    }
    if (low.get(node) !== number.get(node)) return;
    const group = stack.splice(stack.indexOf(node));
    for (const member of group) waiting.delete(member);
    if (group.length > 1 || graph.get(node)!.includes(node)) found.push(group);
  };
  for (const node of graph.keys()) if (!number.has(node)) visit(node);
  return found;
}

test(`no file is longer than ${MOST_LINES} lines`, () => {
  const long = sources
    .map((file) => ({ file: shown(file), lines: readFileSync(file, "utf8").split("\n").length - 1 }))
    .filter(({ lines }) => lines > MOST_LINES);
  expect(long).toEqual([]);
});
