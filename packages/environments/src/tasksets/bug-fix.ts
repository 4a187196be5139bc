/** Agentic coding: find and mend the bugs of a small file, with tools to read it, replace a line and run its tests. */

import type { AssistantMessage } from "@cachalot/chat";
import { type Draw, hashText } from "@cachalot/tensor";
import { defineTaskset } from "../define-taskset.js";
import type { Environment } from "../environment.js";
import { pythonFunction } from "../programs/python/run-program.js";
import { fromData, PythonError, toData } from "../programs/python/value.js";
import type { Reward } from "../reward.js";
import type { Example } from "../rewards/unit-tests.js";
import type { Task } from "../task.js";
import type { Style } from "../taskset.js";
import { addBugs, drawNames, drawProgram } from "./buggy-programs.js";
import { answering, textTool } from "./text-tool.js";

interface BuggyFile {
  text: string;
  lines: string[];
  /** What the file should be; another one that passes every test is as good. */
  fixed: string[];
  /** Run by the tool. */
  shown: Example[];
  hidden: Example[];
}

/** [parts before the last one, bugs] by level. */
const LEVELS = [
  [0, 1],
  [1, 1],
  [1, 2],
  [2, 2],
  [3, 3],
  [5, 4],
] as const;

const SHOWN = 3;
const HIDDEN = 9;
const VIEW = textTool("view", "read the file", []);
const REPLACE = textTool("replace", "new text of a line", ["line", "text"]);
const TEST = textTool("test", "run the tests", []);

interface FileEnvironment extends Environment {
  /** The file as it is now. */
  readonly lines: readonly string[];
}

/** Every test, those that the tool does not show as well, on the file that is left. */
const fixed: Reward<BuggyFile> = {
  name: "correct",
  weight: 1,
  score({ environment, answer, task: { data } }) {
    const { lines } = environment as FileEnvironment;
    return answer && firstFailure(lines, [...data.shown, ...data.hidden]) === undefined ? 1 : 0;
  },
};

export const bugFix = defineTaskset<BuggyFile>({
  name: "bug-fix",
  domain: "coding",
  description: "find and fix the bugs of a small Python file",
  levels: LEVELS.length,
  problem(draw, level) {
    const data = drawBuggyFile(draw, level);
    const wordings = [
      `The file's f should: ${data.text}. Fix it and say done.`,
      `Fix the file. f should: ${data.text}. Then say done.`,
    ];
    return { key: `${data.text} ${hashText(data.lines.join("\n")).toString(36)}`, prompt: draw.one(wordings), data };
  },
  rubric: [fixed],
  program: ({ environment, answer, task: { data } }) =>
    answer && {
      expression: "f(x)",
      program: (environment as FileEnvironment).lines.join("\n"),
      examples: [...data.shown, ...data.hidden],
    },
  tools: [VIEW.definition, REPLACE.definition, TEST.definition],
  calls: 24,
  open: ({ data }) => openFile(data),
  demonstrate,
  spoilRun: (messages, task) =>
    messages
      .filter((message) => !message.tool_calls?.some(isReplace))
      .map((message) => ({ ...message, ...(task.mode === "thinking" ? { reasoning_content: "" } : {}) })),
});

const isReplace = ({ function: { name } }: { function: { name: string } }): boolean =>
  name === REPLACE.definition.function.name;

function drawBuggyFile(draw: Draw, level: number): BuggyFile {
  const [maps, bugs] = LEVELS[level]!;
  const renamed = drawNames(draw);
  for (;;) {
    const program = drawProgram(draw, maps);
    const spoilt = addBugs(draw, program.lines, bugs);
    if (!spoilt) continue;
    const { text } = program;
    const fixed = program.lines.map(renamed);
    const lines = spoilt.map(renamed);
    const right = pythonFunction(fixed.join("\n"));
    const examples = Array.from({ length: SHOWN + HIDDEN }, (): Example => {
      const input = Array.from({ length: draw.integer(2, 5) }, () => draw.integer(1, 9));
      return { input, output: toData(right(fromData(input))) };
    });
    const [shown, hidden] = [examples.slice(0, SHOWN), examples.slice(SHOWN)];
    const data = { text, lines, fixed, shown, hidden };
    if (needsEveryFix(data)) return data;
  }
}

/** Every bug alone fails a test that the tool shows. */
function needsEveryFix({ lines, fixed, shown }: BuggyFile): boolean {
  return (
    lines.every((line, i) => line === fixed[i] || firstFailure(fixed.with(i, line), shown) !== undefined) &&
    firstFailure(lines, shown) !== undefined
  );
}

/** @returns `f([1, 2]) is 4, not 3`; undefined where all pass */
function firstFailure(lines: readonly string[], examples: readonly Example[]): string | undefined {
  try {
    const run = pythonFunction(lines.join("\n"));
    for (const { input, output } of examples) {
      const value = toData(run(fromData(input)));
      if (JSON.stringify(value) !== JSON.stringify(output))
        return `f(${JSON.stringify(input)}) is ${JSON.stringify(value)}, not ${JSON.stringify(output)}`;
    }
    return undefined;
  } catch (error) {
    if (error instanceof PythonError) return `error: ${error.message}`;
    throw error;
  }
}

function openFile({ lines: buggy, shown }: BuggyFile): FileEnvironment {
  const lines = [...buggy];
  const numbered = () => lines.map((line, i) => `${i + 1} ${line}`).join("\n");
  return {
    lines,
    tools: [
      VIEW.serve(numbered),
      REPLACE.serve(({ line, text }) => {
        const at = /^\d+$/.test(line) ? Number(line) - 1 : -1;
        const before = lines[at];
        if (before === undefined) return `Error: no line ${line}; there are 1 to ${lines.length}`;
        if (text.includes("\n")) return "Error: give one line";
        lines[at] = before.slice(0, before.length - before.trimStart().length) + text;
        return `${line} ${lines[at]}`;
      }),
      TEST.serve(() => firstFailure(lines, shown) ?? "ok"),
    ],
    close: () => {},
  };
}

/** Reads, replaces, tests. Terse: only what to replace; stepwise: every line judged; checked: tests before it, too. */
function demonstrate({ data: { lines, fixed }, mode }: Task<BuggyFile>, style: Style): AssistantMessage[] {
  const wrong = lines.flatMap((line, i) =>
    line === fixed[i] ? [] : [{ line: `${i + 1}`, text: fixed[i]!.trim(), was: line.trim() }],
  );
  const judged = lines.map(
    (line, i) => `${i + 1} ${line === fixed[i] ? "ok" : `${line.trim()} should be ${fixed[i]!.trim()}`}`,
  );
  const before = style === "checked" ? [TEST.call(mode, "test first", {})] : [];
  const replaces = wrong.map(({ line, text }, i) => {
    const first = style === "terse" ? `${line} ${text}` : judged.join("\n");
    return REPLACE.call(mode, i === 0 ? first : `next ${line} ${text}`, { line, text });
  });
  return [
    VIEW.call(mode, style === "terse" ? "view" : "read the file first", {}),
    ...before,
    ...replaces,
    ...(style === "terse" ? [] : [TEST.call(mode, "test it", {})]),
    answering(mode, style === "terse" ? "done" : "ok. done", "done"),
  ];
}
