import { expect, test } from "vitest";
import { BlockSplitter, blocksOf } from "./blocks.js";

const TEXT = [
  "# Title",
  "",
  "One\ntwo",
  "",
  "- a",
  "",
  "  more of a",
  "",
  "```js",
  "f();",
  "",
  "g();",
  "```",
  "end",
].join("\n");

test("blocks end at empty lines outside of code, and what is indented stays with what is before it", () => {
  expect(blocksOf(TEXT).map(({ kind, language, text }) => [kind, language, text.trim()])).toEqual([
    ["markdown", "", "# Title"],
    ["markdown", "", "One\ntwo"],
    ["markdown", "", "- a\n\n  more of a"],
    ["code", "js", "f();\n\ng();"],
    ["markdown", "", "end"],
  ]);
});

test("any way a text is cut into pieces gives the same blocks, and finished ones never change", () => {
  const splitter = new BlockSplitter();
  const seen: unknown[] = [];
  for (const letter of TEXT) {
    splitter.push(letter);
    for (const [i, block] of splitter.done.entries()) {
      seen[i] ??= block;
      expect(block).toBe(seen[i]);
    }
  }
  expect(splitter.end()).toEqual(blocksOf(TEXT));
});
