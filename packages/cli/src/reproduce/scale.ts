/** Scales of the pipeline: which recipes its steps take, and how much they measure. A scale is a file, `pipeline.json`. */

import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as z from "zod";
import { CliError } from "../errors.js";

/** Where the scales lie in a clone. `slow-suite` is that of our own tests. */
const SCALES_DIR = "recipes/reproduce";

const count = z.number().int().positive();
const mode = z.enum(["thinking", "chat"]);

/** The report's six domains of specialists. */
export const SPECIALISTS = ["mathematics", "programming", "logic", "agent", "coding", "search"] as const;

/** Solved tasks that a data recipe reads, as `cachalot tasks demonstrate` writes them. */
const demonstrations = z.strictObject({
  tasksets: z.array(z.string()).min(1),
  count,
  levels: z.array(z.number().int().min(0)).min(1),
  modes: z.array(mode).min(1).default(["thinking", "chat"]),
  seed: z.number().int().min(0),
  /** In the run's directory. */
  out: z.string(),
});

/** A training: its recipe, relative to the scale's file. */
const training = z.strictObject({ recipe: z.string(), demonstrations: demonstrations.optional() });

const arm = z.strictObject({
  study: z.enum(["kl", "mask", "replay", "sampling-mask"]),
  arm: z.string(),
  /** Fields of the stage, and of the algorithm's options, that this arm sets. */
  stage: z.record(z.string(), z.unknown()).default({}),
  options: z.record(z.string(), z.unknown()).default({}),
});

const benchmark = z.strictObject({
  name: z.string(),
  limit: count,
  samples: count.default(1),
  maxTokens: count,
  thinking: z.boolean(),
});

/** Options of a synthesis pipeline, which checks them itself. */
const pipelineOptions = z.record(z.string(), z.unknown());

const ofEachSpecialist = <T extends z.ZodType>(schema: T) =>
  z.strictObject({
    ...{ mathematics: schema, programming: schema, logic: schema, agent: schema, coding: schema, search: schema },
  });

const scaleSchema = z.strictObject({
  description: z.string(),
  /** A checkpoint whose indexer is taken away, so that the base has a fresh one to warm up. */
  withoutIndexer: z.string().optional(),
  base: training,
  /** A second piece of the base. */
  families: training.optional(),
  /** A third piece. */
  agentFamilies: training.optional(),
  /** A fourth piece. */
  copying: training.optional(),
  specialists: ofEachSpecialist(training),
  student: training,
  /** And the stage that its model comes from. */
  mixed: training.extend({ model: z.string().default("rl") }),
  speciale: training,
  /** One stage of GRPO from a specialist's fine-tuning, and what each arm changes in it. */
  stabilisers: training.extend({ arms: z.array(arm).min(1) }),
  measure: z.strictObject({
    /** Held-out tasks of each taskset, mode and level. */
    tasks: count,
    levels: z.array(z.number().int().min(0)).min(1),
    modes: z.array(mode).min(1),
    /** Tasksets by domain. */
    domains: ofEachSpecialist(z.array(z.string()).min(1)).extend({ alignment: z.array(z.string()).min(1) }),
  }),
  synthesis: z.strictObject({
    ...{ interpreter: pipelineOptions, general: pipelineOptions, search: pipelineOptions, code: pipelineOptions },
  }),
  benchmarks: z.array(benchmark).min(1),
  strategies: z.strictObject({ questions: count, hops: z.array(count).min(1) }),
  /** Of each step, as they were measured once: time left is told by them. */
  minutes: z.record(z.string(), z.number().positive()).default({}),
  /** Rows of each part that the held-out loss is measured on. */
  heldOutRows: count,
});

export type Training = z.output<typeof training>;
export type StabiliserArm = z.output<typeof arm>;
export type BenchmarkPlan = z.output<typeof benchmark>;
export type Demonstrations = z.output<typeof demonstrations>;

export interface Scale extends z.output<typeof scaleSchema> {
  name: string;
  /** Its file. */
  file: string;
}

/**
 * Reads a scale of the clone in the working directory.
 * @throws CliError `invalid_input` outside a clone, for a scale there is not, and as `parseScale`
 */
export async function loadScale(name: string): Promise<Scale> {
  const file = join(SCALES_DIR, name, "pipeline.json");
  const text = await readFile(file, "utf8").catch(async () => {
    const known = await readdir(SCALES_DIR).catch(() => undefined);
    throw new CliError(
      "invalid_input",
      known
        ? `there is no scale ${name}; pass one of ${known.join(", ")}`
        : `there is no ${SCALES_DIR} here; run cachalot reproduce in the root of a clone, where recipes/ lies`,
    );
  });
  return parseScale(text, name, file);
}

/** @throws CliError `invalid_input` naming file and field of what does not fit */
export function parseScale(text: string, name: string, file: string): Scale {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new CliError("invalid_input", `${file}: ${(error as Error).message}; mend the JSON`);
  }
  const { data, error } = scaleSchema.safeParse(json);
  if (data) return { ...data, name, file };
  const issue = error.issues[0]!;
  throw new CliError(
    "invalid_input",
    `${file}: ${issue.path.join(".") || "(top level)"}: ${issue.message}; packages/cli/src/reproduce/scale.ts has the fields`,
  );
}

/** A recipe of a scale, as a path from the working directory. */
export const recipePath = (scale: Scale, { recipe }: Pick<Training, "recipe">): string =>
  join(dirname(scale.file), recipe);
