import type { TaskFiles } from "../task.js";
import type { Gate, Subject } from "./gate.js";
import { isCode } from "./mutants.js";
import { type FileChange, solutionChanges, textOf } from "./solution-changes.js";

/** A line of less says too little to be a leak. */
const TELLING = 20;
/** One line alone is a leak in another file only where it is this long: shorter ones are idioms. */
const UNMISTAKABLE = 60;
/** Text looked through in an environment. */
const MAX_BYTES = 64 * 2 ** 20;

/** No line of the answer may stand in what the agent sees: the instruction, the environment's files and variables. */
export const leak: Gate = {
  name: "leak",
  description: "no line of the answer is in what the agent sees",
  runs: true,
  async check(subject) {
    const changes = await solutionChanges(subject);
    return [
      ...(await inVariables(subject, changes)),
      ...inInstruction(subject, changes),
      ...(await inFiles(subject, changes)),
    ];
  },
};

const flat = (text: string): string => text.replace(/\s+/g, " ");

const tellingLines = ({ added }: FileChange): string[] =>
  added
    .map(flat)
    .filter((line) => line.length >= TELLING && /\w.*\w.*\w/.test(line) && !/^(import|#include|use|from) /.test(line));

/** What a solution writes where it is an answer rather than a program; nothing where one character tells nothing. */
function answersOf(changes: readonly FileChange[]): string[] {
  return changes
    .filter(({ path, before, after }) => !isCode(path) && before === undefined && after !== undefined)
    .map(({ after }) => flat(after!.trim()))
    .filter((answer) => answer.length > 1 && answer.length <= 200);
}

/** As a word of its own: 12 is not in 120. */
export function holds(text: string, answer: string): boolean {
  const escaped = answer.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?<![\\p{L}\\p{N}.])${escaped}(?![\\p{L}\\p{N}]|\\.\\p{N})`, "iu").test(text);
}

function inInstruction({ task }: Subject, changes: readonly FileChange[]): string[] {
  const text = flat(task.instruction);
  const line = changes.flatMap(tellingLines).find((line) => text.includes(line));
  if (line !== undefined) return [`a line of the solution is in instruction.md: ${line.slice(0, 100)}`];
  const answer = answersOf(changes).find((answer) => holds(text, answer));
  return answer === undefined ? [] : [`the answer is in instruction.md: ${answer.slice(0, 100)}`];
}

async function inVariables(subject: Subject, changes: readonly FileChange[]): Promise<string[]> {
  const { env } = await subject.built();
  const secrets = answersOf(changes).filter((answer) => answer.length > 3);
  const found = Object.entries(env).find(([, value]) => secrets.some((answer) => holds(value, answer)));
  return found ? [`the answer is in the environment variable ${found[0]}`] : [];
}

async function inFiles(subject: Subject, changes: readonly FileChange[]): Promise<string[]> {
  const { store, snapshot } = await subject.built();
  const { solution, tests } = subject.task;
  const secrets = secretFiles(solution, tests);
  const isFixture = fixturesOf(tests);
  const answers = answersOf(changes);
  const telling = changes.map((change) => ({ path: change.path, lines: tellingLines(change) }));
  let bytes = 0;
  for (const [path, entry] of snapshot) {
    const text = await textOf(store, entry);
    if (text === undefined) continue;
    bytes += text.length;
    if (bytes > MAX_BYTES) break;
    const secret = secrets.find(({ content }) => content === text.trim());
    if (secret && !isFixture(path, text)) return [`${secret.name} is in the environment: /${path}`];
    if (answers.includes(flat(text.trim()))) return [`the answer is a file of the environment: /${path}`];
    const lines = flat(text);
    for (const { path: changed, lines: wanted } of telling) {
      if (changed === path || wanted.length === 0) continue;
      const found = wanted.filter((line) => lines.includes(line));
      if (found.length < wanted.length / 2) continue;
      if (found.length > 1 || found[0]!.length >= UNMISTAKABLE)
        return [
          `${found.length} of ${wanted.length} lines of the solution are in /${path}: ${found[0]!.slice(0, 100)}`,
        ];
    }
  }
  return [];
}

/** Files that must not be seen: the solution's, and of the tests those that judge. */
function secretFiles(solution: TaskFiles, tests: TaskFiles): { name: string; content: string }[] {
  const named = (folder: string, files: TaskFiles, wanted: (path: string) => boolean) =>
    [...files]
      .filter(([path]) => wanted(path))
      .map(([path, { data }]) => ({ name: `${folder}/${path}`, content: data.toString("utf8").trim() }));
  const judges = (path: string) => path === "test.sh" || /verif|grad|expected|answer|solution/i.test(path);
  return [...named("solution", solution, () => true), ...named("tests", tests, judges)].filter(
    ({ content }) => content.length >= 8,
  );
}

/**
 * Whether a file of the environment is one that a mined task's tests lay over it as it is: a fixture of the project, which the
 * agent is meant to see. `replaced.txt` lists them.
 */
function fixturesOf(tests: TaskFiles): (path: string, content: string) => boolean {
  const replaced = (tests.get("replaced.txt")?.data.toString("utf8") ?? "").split("\n").filter(Boolean);
  const isLaid = (own: string, content: string) => tests.get(`files/${own}`)?.data.toString("utf8") === content;
  return (path, content) => replaced.some((own) => `/${path}`.endsWith(`/${own}`) && isLaid(own, content));
}
