import { isDeepStrictEqual } from "node:util";
import type { Recipe } from "../recipe/recipe.js";

/** Text for readers alone: a run goes on whatever it says. */
const WORDS = ["description"];

/** What became of the recipe of a run. */
export type RecipeChange =
  | { kind: "none" }
  /** The last stage has more steps, or stages were added behind it. */
  | { kind: "extension" }
  /** Anything else; `field` is the first that differs, such as `stages.0.learningRate`. */
  | { kind: "other"; field: string };

/** Compares the recipe a run was made from with the one it is to go on with, both as their JSON reads. */
export function recipeChange(made: unknown, wanted: unknown): RecipeChange {
  const field = firstDifference(without(made, WORDS), without(wanted, WORDS));
  if (field === undefined) return { kind: "none" };
  return isExtension(made as Recipe, wanted as Recipe) ? { kind: "extension" } : { kind: "other", field };
}

function isExtension({ stages: made, ...before }: Recipe, { stages: wanted, ...after }: Recipe): boolean {
  if (!Array.isArray(made) || !Array.isArray(wanted) || made.length === 0 || wanted.length < made.length) return false;
  if (firstDifference(without(before, WORDS), without(after, WORDS)) !== undefined) return false;
  const last = made.length - 1;
  const { steps: stepsMade, ...lastMade } = made[last]!;
  const { steps: stepsWanted, ...lastWanted } = wanted[last]!;
  return (
    isDeepStrictEqual(made.slice(0, last), wanted.slice(0, last)) &&
    isDeepStrictEqual(lastMade, lastWanted) &&
    stepsWanted >= stepsMade
  );
}

/** Path of the first value that is not the same in both; undefined where there is none. */
function firstDifference(a: unknown, b: unknown, path = ""): string | undefined {
  if (isDeepStrictEqual(a, b)) return undefined;
  if (!isContainer(a) || !isContainer(b)) return path || "(top level)";
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const found = firstDifference(a[key], b[key], path ? `${path}.${key}` : key);
    if (found !== undefined) return found;
  }
  return path || "(top level)";
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function without(value: unknown, keys: readonly string[]): unknown {
  if (!isContainer(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}
