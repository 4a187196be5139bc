/** Mutation testing: what the reference solution left, changed in one place so that it is wrong. */

import { Draw } from "@cachalot/tensor";
import { applyPatch, structuredPatch } from "diff";
import type { FileChange } from "./solution-changes.js";

export interface Mutant {
  /** Relative to the workspace. */
  path: string;
  /** undefined: the file is not there. */
  content: string | undefined;
  /** What was done to it, for people. */
  what: string;
}

const CODE = /\.(c|cc|cpp|cxx|go|h|hpp|java|js|jsx|cjs|mjs|php|py|rb|rs|sh|ts|tsx)$/;

/** Whether a file is a program: what it states are names and conditions, not an answer. */
export const isCode = (path: string): boolean => CODE.test(path);

/** Flips that change what a line of code does. */
const FLIPS: readonly (readonly [RegExp, string])[] = [
  [/===/, "!=="],
  [/!==/, "==="],
  [/==/, "!="],
  [/!=/, "=="],
  [/<=/, ">"],
  [/>=/, "<"],
  [/ < /, " >= "],
  [/ > /, " <= "],
  [/&&/, "||"],
  [/\|\|/, "&&"],
  [/\band\b/, "or"],
  [/\btrue\b/, "false"],
  [/\bfalse\b/, "true"],
  [/\bTrue\b/, "False"],
  [/\bFalse\b/, "True"],
  [/ \+ /, " - "],
  [/ - /, " + "],
  [/\breturn (?!;|None|null|undefined)/, "return !"],
];

/** Mutants in a drawn order, the coarse ones first: a change taken back, a hunk, then conditions and values. */
export function mutantsOf(changes: readonly FileChange[], count: number, seed: number): Mutant[] {
  const draw = new Draw(seed);
  const coarse = [...(changes.length > 1 ? changes.map(revert) : []), ...changes.flatMap(withoutHunks)];
  const fine = changes.flatMap((change) => (isCode(change.path) ? flips(change) : values(change)));
  const half = Math.ceil(count / 2);
  const first = draw.shuffled(coarse).slice(0, fine.length === 0 ? count : half);
  const all = [...first, ...draw.shuffled(fine).slice(0, count - first.length)];
  return all.filter(({ content, path }) => content !== changes.find((change) => change.path === path)!.after);
}

const revert = ({ path, before }: FileChange): Mutant => ({ path, content: before, what: `${path} is as it was` });

function withoutHunks({ path, before, after }: FileChange): Mutant[] {
  if (before === undefined || after === undefined) return [];
  const patch = structuredPatch(path, path, before, after, "", "", { context: 0 });
  if (patch.hunks.length < 2) return [];
  return patch.hunks.flatMap((dropped, i) => {
    const content = applyPatch(before, { ...patch, hunks: patch.hunks.filter((hunk) => hunk !== dropped) });
    return content === false ? [] : [{ path, content, what: `hunk ${i + 1} of ${path} is left out` }];
  });
}

function flips({ path, after = "", added }: FileChange): Mutant[] {
  const own = new Set(added);
  return after.split("\n").flatMap((line, at, lines) => {
    if (!own.has(line.trim()) || /^\s*(\/\/|#|\*|\/\*)/.test(line)) return [];
    const flip = FLIPS.find(([pattern]) => pattern.test(line));
    if (!flip) return [];
    const content = lines.with(at, line.replace(...flip)).join("\n");
    return [{ path, content, what: `line ${at + 1} of ${path}: ${flip[0].source} is ${flip[1].trim()}` }];
  });
}

/** Answers: each value of JSON, else numbers and words, made another. */
function values({ path, after = "" }: FileChange): Mutant[] {
  const json = jsonMutants(after);
  const contents = json.length > 0 ? json : textMutants(after);
  return contents.map(({ content, what }) => ({ path, content, what: `${path}: ${what}` }));
}

function jsonMutants(text: string): { content: string; what: string }[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  if (typeof value !== "object" || value === null) return [];
  return leaves(value).map((path) => {
    const copy = structuredClone(value) as Record<string, unknown>;
    const last = path.at(-1)!;
    const parent = path.slice(0, -1).reduce((node, name) => node[name] as Record<string, unknown>, copy);
    parent[last] = otherValue(parent[last]);
    return { content: JSON.stringify(copy), what: `${path.join(".")} is another value` };
  });
}

function leaves(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return path.length > 0 ? [path] : [];
  return Object.entries(value).flatMap(([name, child]) => leaves(child, [...path, name]));
}

function otherValue(value: unknown): unknown {
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return Number(otherNumber(`${value}`));
  if (typeof value === "string") return /\d/.test(value) ? otherNumber(value) : `${value}x`;
  return 0;
}

function textMutants(text: string): { content: string; what: string }[] {
  const trimmed = text.trim();
  if (trimmed === "") return [];
  if (/\d/.test(trimmed)) {
    const added = trimmed.replace(/\d+/, (number) => `${BigInt(number) + 100n}`);
    return [
      { content: `${otherNumber(trimmed)}\n`, what: "its first digit is another" },
      { content: `${added}\n`, what: "its first number is greater by 100" },
    ];
  }
  const turned = [...trimmed].reverse().join("");
  const whole = { content: `${turned === trimmed ? `${trimmed}x` : turned}\n`, what: "its letters are turned round" };
  return [whole, { content: `${trimmed.slice(0, Math.ceil(trimmed.length / 2) - 1)}\n`, what: "half of it is gone" }];
}

/** The first digit that is not 0 is another one: also with a tolerance it is a different number. */
const otherNumber = (text: string): string =>
  /[1-9]/.test(text)
    ? text.replace(/[1-9]/, (digit) => (digit === "9" ? "8" : `${Number(digit) + 1}`))
    : text.replace(/0/, "7");
