import * as z from "zod";
import { TrainingError } from "../errors.js";
import type { ConfiguredAlgorithm } from "./algorithm.js";
import { RL_ALGORITHMS } from "./algorithms/index.js";

/**
 * The algorithm that a recipe names.
 * @throws TrainingError `invalid_recipe` for an unknown name or options that do not fit it.
 */
export function configuredAlgorithm(
  { name, options }: { name: string; options: Record<string, unknown> },
  where: string,
): ConfiguredAlgorithm {
  const algorithm = RL_ALGORITHMS.find((candidate) => candidate.name === name);
  if (!algorithm)
    throw new TrainingError(
      "invalid_recipe",
      `${where}.algorithm.name: there is no "${name}"; take one of ${RL_ALGORITHMS.map((known) => known.name).join(", ")}`,
    );
  try {
    return algorithm.withOptions(options);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const [issue] = error.issues;
    const field = ["algorithm.options", ...issue!.path].join(".");
    throw new TrainingError(
      "invalid_recipe",
      `${where}.${field}: ${issue!.message}; the options of ${name} are in packages/training/src/rl/algorithms`,
    );
  }
}
