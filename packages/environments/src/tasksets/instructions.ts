/** Verifiable instructions: a few words that keep every rule that is asked, each checked by a program. */

import type { Draw } from "@cachalot/tensor";
import { defineTaskset } from "../define-taskset.js";
import { constraintRewards } from "../rewards/constraints.js";
import type { Style } from "../taskset.js";
import { type Instruction, instructionConstraint, instructionNote, wordsOf } from "./instruction-kinds.js";

interface Instructed {
  instructions: Instruction[];
  /** One text that follows them. */
  text: string;
}

/** [fewest words, most words, rules beside their number] by level. */
const LEVELS = [
  [2, 6, 1],
  [3, 8, 2],
  [5, 10, 3],
  [6, 12, 4],
  [10, 20, 5],
  [20, 40, 6],
] as const;

/** From here on texts may be in Greek letters. */
const FIRST_GREEK = 3;

const WORDS = [
  ...["wave", "deep", "blue", "salt", "fish", "boat", "sand", "wind", "tide", "whale", "water", "ship"],
  ...["storm", "field", "tree", "green", "river", "stone", "bird", "cloud", "rain", "snow", "light", "dark"],
  ...["house", "door", "table", "bread", "milk", "apple", "garden", "night", "morning", "king", "song", "horse"],
  ...["old", "young", "small", "great", "warm", "cold", "slow", "quick", "gold", "silver", "road", "hill"],
];
const GREEK = [
  "θάλασσα",
  "νερό",
  "ψάρι",
  "ήλιος",
  "ουρανός",
  "βάρκα",
  "άνεμος",
  "κύμα",
  "νησί",
  "φως",
  "νύχτα",
  "δρόμος",
];
const NAMES = ["Ann", "Tom", "Mary", "John", "Jane", "Peter", "Anna", "Henry", "Emma", "James"];

export const instructions = defineTaskset<Instructed>({
  name: "instructions",
  domain: "alignment",
  description: "write words that keep every rule: how many, a name, lower case, a format, a language",
  levels: LEVELS.length,
  problem(draw, level) {
    const data = drawInstructed(draw, level);
    const rules = data.instructions.map((instruction) => instructionConstraint(instruction).criterion);
    const wordings = [
      `Write ${rules.join(", ")}.`,
      `Give me ${rules.join(", ")}.`,
      `Please write ${rules.join(", ")}.`,
    ];
    return { key: rules.join(", "), prompt: draw.one(wordings), data };
  },
  rubric: constraintRewards(({ instructions }) => instructions.map(instructionConstraint)),
  solve: (data, style) => ({ reasoning: plan(data, style), answer: data.text }),
  spoil: (answer) => `${answer} more more`,
});

function drawInstructed(draw: Draw, level: number): Instructed {
  const [fewest, most, rules] = LEVELS[level]!;
  const count = draw.integer(fewest, most);
  const greek = level >= FIRST_GREEK && draw.chance(0.2);
  const rest = draw.some(greek ? GREEK_RULES : RULES, rules).map((rule) => rule(draw));
  const instructions: Instruction[] = [
    { kind: "words", count },
    ...(greek ? [{ kind: "script" as const, script: "Greek" as const }] : []),
    ...rest,
  ];
  return { instructions, text: write(draw, count, greek, instructions) };
}

type Rule = (draw: Draw) => Instruction;

/** One of each at most, and none that forbids another. */
const GREEK_RULES: readonly Rule[] = [
  (draw) =>
    draw.one([
      { kind: "case", upper: false },
      { kind: "case", upper: true },
    ]),
  (draw) => ({ kind: "separator", separator: draw.one(["comma", "line", "dash"]) }),
  (draw) => ({ kind: "wrap", wrap: draw.one(["brackets", "quotes", "stars"]) }),
  () => ({ kind: "sorted" }),
];
const RULES: readonly Rule[] = [
  ...GREEK_RULES,
  (draw) => ({ kind: "name", name: draw.one(NAMES) }),
  (draw) => ({ kind: "without", letter: draw.one([..."zkfbc"]) }),
  (draw) => ({ kind: "length", least: draw.integer(2, 3) }),
];

/** Words from the list that keep the rules, then the name, the order, the case and the format. */
function write(draw: Draw, count: number, greek: boolean, instructions: readonly Instruction[]): string {
  const find = <K extends Instruction["kind"]>(kind: K) =>
    instructions.find((one): one is Instruction & { kind: K } => one.kind === kind);
  const [without, length, name, cased] = [find("without"), find("length"), find("name"), find("case")];
  const fitting = (greek ? GREEK : WORDS).filter(
    (word) => !(without && word.includes(without.letter)) && word.length >= (length?.least ?? 1),
  );
  const words = Array.from({ length: count }, () => draw.one(fitting));
  if (name) words[draw.integer(0, count - 1)] = name.name;
  const inCase = words.map((word) =>
    cased ? (cased.upper ? word.toLocaleUpperCase("el") : word.toLowerCase()) : word,
  );
  const ordered = find("sorted") ? inCase.sort((a, b) => compareWords(a, b)) : inCase;
  const separator = { comma: ", ", line: "\n", dash: " - ", none: " " }[find("separator")?.separator ?? "none"];
  const [open, close] = { brackets: ["[", "]"], quotes: ['"', '"'], stars: ["*", "*"], none: ["", ""] }[
    find("wrap")?.wrap ?? "none"
  ] as [string, string];
  return `${open}${ordered.join(separator)}${close}`;
}

const compareWords = (a: string, b: string): number => (a.toLowerCase() < b.toLowerCase() ? -1 : 1);

/** Terse: the rules in short. Stepwise: the words with their numbers. Checked: the rules again, each with its count. */
function plan({ instructions, text }: Instructed, style: Style): string {
  const notes = instructions.map((instruction) => instructionNote(instruction)).join(", ");
  if (style === "terse") return notes;
  const words = wordsOf(text)
    .map((word, i) => `${i + 1} ${word}`)
    .join(" ");
  return style === "stepwise" ? `${notes}\n${words}` : `${notes}\n${words}\ncheck ${notes} ok`;
}
