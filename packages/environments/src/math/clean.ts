/** An answer's text without what only dresses it: `\boxed`, dollars around mathematics, spacing, styles, Unicode signs. */

import { CannotTell, LONGEST_ANSWER } from "./limits.js";

const UNICODE: readonly (readonly [RegExp, string])[] = [
  [/[−–—]/g, "-"],
  [/[×∙⋅·]/g, "\\cdot "],
  [/÷/g, "\\div "],
  [/π/g, "\\pi "],
  [/∞/g, "\\infty "],
  [/≤|⩽/g, "\\le "],
  [/≥|⩾/g, "\\ge "],
  [/≠/g, "\\ne "],
  [/∪/g, "\\cup "],
  [/∈/g, "\\in "],
  [/±/g, "\\pm "],
  [/∓/g, "\\mp "],
  [/√\s*\(/g, "\\sqrt("],
  [/√/g, "\\sqrt "],
  [/[°º]/g, "^\\circ "],
  [/²/g, "^{2}"],
  [/³/g, "^{3}"],
  [/½/g, " \\frac{1}{2}"],
  [/∅/g, "\\emptyset "],
  [/ℝ/g, "\\mathbb{R}"],
  [/ℤ/g, "\\mathbb{Z}"],
  [/∖/g, "\\setminus "],
  [/[\u00a0\u2009\u202f\u200b]/g, " "],
];

/** What LaTeX says twice, or what has no meaning. */
const STYLES: readonly (readonly [RegExp, string])[] = [
  [/\\(?:left|right|big|Big|bigg|Bigg|bigl|bigr|displaystyle|textstyle|limits)(?![a-zA-Z])/g, " "],
  [/\\\$/g, " \\dollar "],
  [/\$/g, " "],
  [/\\[()[\]](?=\s*$)|^\s*\\[([]/g, " "],
  [/(\d)\{,\}(?=\d{3})/g, "$1,"],
  [/(\d),\s*\\!\s*(?=\d{3})/g, "$1,"],
  [/(\d)(?:\\[,;: ]|~)(?=\d{3}(?!\d))/g, "$1,"],
  [/(?<!\\)\\[!,;: ]|~|\\q?quad(?![a-zA-Z])/g, " "],
  [/\\(?:dfrac|tfrac|cfrac)(?![a-zA-Z])/g, "\\frac"],
  [/\\(?:dbinom|tbinom)(?![a-zA-Z])/g, "\\binom"],
  [/\\(?:leq|leqslant)(?![a-zA-Z])/g, "\\le"],
  [/\\(?:geq|geqslant)(?![a-zA-Z])/g, "\\ge"],
  [/\\neq(?![a-zA-Z])/g, "\\ne"],
  [/\\(?:varnothing)(?![a-zA-Z])/g, "\\emptyset"],
  [/\\(?:degree)(?![a-zA-Z])/g, "^\\circ"],
  [/\^\{\s*\\circ\s*\}/g, "^\\circ"],
  [/\\lbrace(?![a-zA-Z])/g, "\\{"],
  [/\\rbrace(?![a-zA-Z])/g, "\\}"],
  [/\\(?:lvert|rvert|vert|mid)(?![a-zA-Z])/g, "|"],
];

/** @throws CannotTell for texts too long, for boxes without an end or that differ, and for no text */
export function cleanAnswer(raw: string): string {
  if (raw.length > LONGEST_ANSWER) throw new CannotTell(`it has more than ${LONGEST_ANSWER} characters`);
  let text = inBox(raw);
  for (const [pattern, replacement] of UNICODE) text = text.replace(pattern, replacement);
  for (const [pattern, replacement] of STYLES) text = text.replace(pattern, replacement);
  text = text
    .replace(/^\s*(?:\*\*)?(?:the\s+)?(?:final\s+)?answer(?:\s+is)?\s*:?\s*(?:\*\*)?/i, "")
    .replace(/^\s*\*\*(.*)\*\*\s*$/s, "$1")
    .replace(/(?<!\.)\.\s*$/, "")
    .replace(/\s+/g, " ")
    .trim();
  if (text === "") throw new CannotTell("there is no answer");
  return text;
}

/** What is in the box; all of it where there is none. @throws CannotTell for boxes that say different things */
function inBox(text: string): string {
  const boxes = [...text.matchAll(/\\(?:boxed|fbox)\s*\{/g)].map((box) => contents(text, box.index + box[0].length));
  const said = new Set(boxes.filter((box) => !/\\(?:boxed|fbox)/.test(box)).map((box) => box.replace(/\s/g, "")));
  if (said.size > 1) throw new CannotTell("its boxes say different things");
  return boxes.at(-1) ?? text;
}

/** From behind a brace to the one that closes it. */
function contents(text: string, start: number): string {
  let depth = 1;
  for (let at = start; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "{") depth++;
    else if (text[at] === "}" && --depth === 0) return text.slice(start, at);
  }
  throw new CannotTell("its box has no end");
}
