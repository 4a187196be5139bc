/** Gold answers of real benchmarks, each against itself rewritten and against mutations that are surely wrong. */

import { readFile } from "node:fs/promises";
import { beforeAll, expect, test } from "vitest";
import { mathVerdict } from "./math-verdict.js";

let golds: string[];
beforeAll(async () => {
  const file = await readFile(new URL("./fixtures/golds.json", import.meta.url), "utf8");
  golds = (JSON.parse(file) as { golds: string[] }[]).flatMap((set) => set.golds);
});

const bare = (gold: string): string =>
  gold
    .trim()
    .replace(/^\$|\$?\.?\$?$/g, "")
    .trim();
/** One value: no list, tuple, relation, union, matrix or prose. */
const isValue = (gold: string): boolean =>
  !/[,=<>&]|\\(?:cup|in|ldots|cdots|left|le|leq|ge|geq|pm|mathbb|text|mbox)(?![a-z])|\\\$|(?<![\\a-z])[a-zA-Z]{3}/.test(
    bare(gold),
  );
const onValues = (change: (gold: string) => string) => (gold: string) =>
  isValue(gold) ? change(bare(gold)) : undefined;

const REWRITES: Readonly<Record<string, (gold: string) => string | undefined>> = {
  itself: (gold) => gold,
  boxed: (gold) => `The answer is $\\boxed{${bare(gold)}}$.`,
  "with large brackets": (gold) =>
    gold
      .replace(/\\left|\\right/g, "")
      .replace(/\(/g, "\\left(")
      .replace(/\)/g, "\\right)"),
  "plus 0": onValues((gold) => `${gold} + 0`),
  "less its negative": onValues((gold) => `-(-(${gold}))`),
};

const MUTATIONS: Readonly<Record<string, (gold: string) => string | undefined>> = {
  sign: onValues((gold) => (/^0*$/.test(gold) ? `${gold}1` : `-(${gold})`)),
  "plus one": onValues((gold) => `${gold} + 1`),
  "times ten": onValues((gold) => (/^0*$/.test(gold) ? "10" : `10(${gold})`)),
  "another digit": (gold) => {
    const changed = gold.replace(/\d(?=\D*$)/, (digit) => `${(Number(digit) + 1) % 10}`);
    return changed === gold ? undefined : changed;
  },
  "another order or one less": (gold) => {
    const [, open, a, b, rest] = /^([([])([^,()[\]]+),([^,()[\]]+)([)\]].*)$/.exec(bare(gold)) ?? [];
    if (open) return a!.trim() === b!.trim() ? undefined : `${open}${b},${a}${rest}`;
    return /^[^()[\]{}]+, [^()[\]{}]+$/.test(bare(gold)) ? bare(gold).replace(/,[^,]*$/, "") : undefined;
  },
  "another bracket": (gold) => {
    const [, open, inner] = /^([([])([^,()[\]]+,[^,()[\]]+[)\]])$/.exec(bare(gold)) ?? [];
    return open && !inner!.startsWith("-\\infty") ? (open === "(" ? "[" : "(") + inner : undefined;
  },
};

function verdicts(change: (gold: string) => string | undefined) {
  const counts = { equal: 0, different: 0, "cannot tell": 0 };
  for (const gold of golds) {
    const answer = change(gold);
    if (answer !== undefined) counts[mathVerdict(gold, answer).verdict]++;
  }
  return { ...counts, all: counts.equal + counts.different + counts["cannot tell"] };
}

test.each(Object.keys(REWRITES))("a gold answer %s is never different, and seldom untold", (name) => {
  const counts = verdicts(REWRITES[name]!);
  expect(counts.different).toBe(0);
  expect(counts["cannot tell"]).toBeLessThanOrEqual(0.01 * counts.all);
  expect(counts.all).toBeGreaterThan(100);
});

test.each(Object.keys(MUTATIONS))("a gold answer with %s is never equal, and mostly different", (name) => {
  const counts = verdicts(MUTATIONS[name]!);
  expect(counts.equal).toBe(0);
  expect(counts.different).toBeGreaterThan(0.7 * counts.all);
  expect(counts.all).toBeGreaterThan(10);
});
