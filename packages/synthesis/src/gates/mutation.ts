import { addFile } from "../harbor/snapshot-files.js";
import type { Gate, Subject } from "./gate.js";
import { isCode, type Mutant, mutantsOf } from "./mutants.js";
import { solutionChanges } from "./solution-changes.js";

/**
 * A solution that was made wrong must score less than 1, and the verifier must say what is wrong with it. Of code some mutants
 * are equivalent to the original, so a share must be caught; of answers, all.
 */
export const mutation: Gate = {
  name: "mutation",
  description: "a mutated solution scores 0, and the verifier names what is broken",
  runs: true,
  async check(subject) {
    const { mutants: count, caught: share, seed } = subject.options;
    const changes = await solutionChanges(subject);
    const mutants = mutantsOf(changes, count, seed);
    if (mutants.length === 0) return changes.length === 0 ? ["the reference solution changes no text file"] : [];
    const { said: praise } = await subject.oracle();
    const survivors: Mutant[] = [];
    const silent: Mutant[] = [];
    for (const mutant of mutants) {
      const { reward, said } = await subject.grade(await withMutant(subject, mutant));
      if (reward === 1) survivors.push(mutant);
      else if (said.trim() === "" || said === praise) silent.push(mutant);
    }
    const caught = mutants.length - survivors.length;
    subject.evidence.mutants = { tried: mutants.length, caught };
    const problems: string[] = [];
    const needed = changes.every(({ path }) => isCode(path)) ? share : 1;
    if (caught < needed * mutants.length)
      problems.push(`${survivors.length} of ${mutants.length} mutated solutions still score 1: ${survivors[0]!.what}`);
    if (silent.length > 0)
      problems.push(`the verifier does not say what is wrong with a mutated solution: ${silent[0]!.what}`);
    return problems;
  },
};

async function withMutant(subject: Subject, { path, content }: Mutant) {
  const { store } = await subject.built();
  const snapshot = new Map((await subject.solved()).snapshot);
  const before = snapshot.get(path);
  const executable = before?.type === "file" && (before.mode & 0o100) !== 0;
  if (content === undefined) snapshot.delete(path);
  else await addFile(store, snapshot, path, { data: Buffer.from(content), ...(executable ? { executable } : {}) });
  return snapshot;
}
