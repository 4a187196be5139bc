/** General-agent pipeline: a schema's rows, tools and rules, revised and made harder until a random plan has no chance. */

import { resolve } from "node:path";
import { Draw, hashText } from "@cachalot/tensor";
import * as z from "zod";
import { SynthesisError } from "../../errors.js";
import { definePipeline, type ItemContext } from "../../pipeline.js";
import type { Constraint } from "./constraints.js";
import { generalTask } from "./general-task.js";
import { harden } from "./harden.js";
import { buildWorld, type Parameters } from "./schema.js";
import type { World } from "./world.js";
import { WORLDS } from "./worlds/index.js";
import { writeWorld } from "./written/write-world.js";

const options = z.strictObject({
  /** Tasks drawn of each world. Default: 52, or 1 where a model writes the world. */
  count: z.number().int().min(1).max(100_000).optional(),
  seed: z.number().int().min(0).default(0),
  levels: z.array(z.number().int().min(0).max(2)).min(1).default([0, 1, 2]),
  /** By name; default all. */
  worlds: z.array(z.enum(WORLDS.map(({ name }) => name) as [string, ...string[]])).optional(),
  /** Density of valid answers, at most. */
  density: z.number().gt(0).lt(1).default(1e-4),
  /** A sentence of which a model writes a world, in place of those there are. */
  from: z.string().min(1).max(2000).optional(),
  /** What that model may search, as the search pipeline takes it. */
  corpus: z
    .string()
    .transform((source) => (source.startsWith("generated") ? source : resolve(source)))
    .optional(),
});

type Options = z.output<typeof options>;

type Draft = { level: number; seed: number } & ({ world: string } | { from: string });

/** A world with what is asked of it. */
interface Ready {
  world: World;
  request: string;
  structure: readonly Constraint[];
  rules: readonly Constraint[];
  telling?: readonly string[];
  target?: number;
  source: string;
  licence: string;
  parameters: Parameters;
}

export const general = definePipeline<Options, Draft>({
  name: "general",
  kind: "general",
  description: "worlds from schemas: derived tools, rules, a solver through tools only, a measured density",
  options,

  *seeds({ count, seed, levels, worlds, from }, { hasModel }) {
    if (from !== undefined) {
      if (!hasModel)
        throw new SynthesisError("invalid_options", "a world is written by a model; name one beside --from");
      for (let i = 0; i < (count ?? 1); i++)
        yield { key: `written-${seed}-${i}`, data: { from, level: 0, seed: hashText(`${from} ${seed} ${i}`) } };
      return;
    }
    for (let i = 0; i < (count ?? 52); i++)
      for (const { name } of WORLDS) {
        if (worlds && !worlds.includes(name)) continue;
        const level = levels[i % levels.length]!;
        yield {
          key: `${name}-${level}-${seed}-${i}`,
          data: { world: name, level, seed: hashText(`${name} ${seed} ${i}`) },
        };
      }
  },

  async *candidates({ key, data }, { density, corpus }, context) {
    const draw = new Draw(data.seed);
    const ready =
      "from" in data
        ? await context.stage("write", () => written(data.from, data.seed, corpus, context))
        : await context.stage("world", () => drawn(data.world, data.level, draw));
    if (ready === undefined) return;
    const { world, request, structure, rules, telling, parameters } = ready;
    const target = Math.min(density, ready.target ?? 1);
    const hard = await context.stage("harden", () => harden(world, { structure, rules, telling, target, draw }));
    if (hard === undefined) return;
    yield await generalTask({
      ...{ world, request, constraints: hard.constraints, plan: hard.plan },
      promptSource: "from" in data ? "model" : "generated",
      record: {
        id: key,
        provenance: { source: ready.source, licence: ready.licence, seed: `${data.seed}`, hashes: {} },
        difficulty: {
          ...{ level: data.level, slots: world.slots.length, rules: hard.constraints.length - structure.length },
          ...{
            density_below: hard.density.bound,
            density_start: hard.start.share,
            solver_calls: hard.calls,
            solver_nodes: hard.nodes,
          },
        },
        evidence: { density: hard.density, dropped_rules: hard.dropped, parameters },
      },
    });
  },
});

/** A world of a schema there is. */
function drawn(name: string, level: number, draw: Draw): Ready {
  const spec = WORLDS.find((spec) => spec.name === name)!;
  const parameters = spec.parameters(draw, level);
  const world = buildWorld(spec, parameters, draw);
  return {
    ...{ world, parameters, request: spec.request(parameters) },
    ...{ structure: spec.structure(parameters), rules: spec.rules?.(parameters) ?? [] },
    ...(spec.telling && { telling: spec.telling }),
    ...(spec.target !== undefined && { target: spec.target }),
    ...{ source: `schema ${name}, rows made up`, licence: spec.licence ?? "MIT" },
  };
}

/** A world that the model writes. */
async function written(from: string, seed: number, corpus: string | undefined, context: ItemContext): Promise<Ready> {
  const { model, signal, cache } = context;
  const spend = (tokens: number) => context.spend("write", { tokens });
  const writing = { model: model!, signal, cache, spend, ...(corpus && { corpus }) };
  const { name, description, tables, slots, ...asked } = await writeWorld(from, writing, seed);
  const world = { name, description, tables, slots };
  return { world, ...asked, source: `written by a model: ${from}`, licence: "unknown", parameters: {} };
}
