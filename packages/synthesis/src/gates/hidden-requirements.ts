import type { Gate, Subject } from "./gate.js";
import { isCode } from "./mutants.js";
import { solutionChanges, textOf } from "./solution-changes.js";

/**
 * What tests ask for must be said: names that they use and the solution brings, and files that they read and it writes, stand in
 * the instruction or in the environment (SWE-bench issue 72).
 */
export const hiddenRequirements: Gate = {
  name: "hidden-requirements",
  description: "names that tests use are stated in the prompt or the code",
  runs: true,
  async check(subject) {
    const changes = await solutionChanges(subject);
    const brought = new Set(
      changes.filter(({ path }) => isCode(path)).flatMap(({ added }) => namesOf(added.join("\n"))),
    );
    const tested = new Set<string>();
    let tests = "";
    for (const [path, { data }] of subject.task.tests) {
      if (data.length > 2 ** 20 || data.includes(0)) continue;
      tests += `${data}\n`;
      if (isCode(path)) for (const name of namesOf(data.toString("utf8"))) tested.add(name);
    }
    const files = changes.filter(({ before }) => before === undefined).map(({ path }) => path.split("/").at(-1)!);
    const wanted = [
      ...[...tested].filter((name) => brought.has(name)),
      ...files.filter((name) => tests.includes(name)),
    ];
    const missing = wanted.length === 0 ? [] : await unstated(subject, wanted);
    subject.evidence.hidden = missing;
    if (missing.length === 0) return [];
    return [`tests use ${missing.slice(0, 5).join(", ")}, which neither instruction nor environment states`];
  },
};

/** Names of a program, less its comments and texts. */
function namesOf(code: string): string[] {
  const bare = code
    .replace(/\/\*[\s\S]*?\*\//g, " ")
    .replace(/("""|''')[\s\S]*?\1/g, " ")
    .replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '""')
    .replace(/(^|\s)(\/\/|#).*$/gm, " ");
  return [...new Set(bare.match(/[\p{L}_$][\p{L}\p{N}_$]{3,}/gu) ?? [])];
}

async function unstated(subject: Subject, names: readonly string[]): Promise<string[]> {
  const { store, snapshot } = await subject.built();
  let missing = names.filter((name) => !subject.task.instruction.includes(name));
  for (const [path, entry] of snapshot) {
    if (missing.length === 0) break;
    missing = missing.filter((name) => !path.endsWith(name));
    const text = await textOf(store, entry);
    if (text !== undefined) missing = missing.filter((name) => !text.includes(name));
  }
  return missing;
}
