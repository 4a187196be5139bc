/** Benchmarks of proofs: a judge marks each by a rubric, from 0 to what the problem is worth; people may mark them too. */

import { type Benchmark, type Finished, type Grade, type Item, notMeasured, right, says, wrong } from "../benchmark.js";
import { type FileDefinition, fileSource } from "../data/file-source.js";
import { type Row, textField } from "../data/read-rows.js";
import { EvalsError } from "../errors.js";
import type { Judge, MarkTask } from "../judge/judge.js";

export interface Rubric {
  problem: string;
  solution: string;
  guidelines: string;
  /** Marks for a whole proof: 7 at the IMO and USAMO, 21 at the CMO. */
  most: number;
}

const EXPECTS =
  '{"id": "1", "problem": "Prove that ...", "solution": "...", "guidelines": "1 mark for ...", "points": 7}';
const INSTRUCTION = "Write a complete and rigorous proof.";
const POINTS = 7;

export function proofs(definition: Omit<FileDefinition, "expects">): Benchmark<Rubric> {
  return {
    ...fileSource<Rubric>({ ...definition, expects: EXPECTS, item: itemOf }),
    grade: (finished, item, { judge } = {}) => gradeProof(finished, item, judge),
    planted: (item) => [
      { ...taskOf(item, item.data.solution), mark: item.data.most },
      { ...taskOf(item, "It is clear. The claim follows by symmetry, which was to be proved."), mark: 0 },
    ],
    oracle: ({ data }) => says(data.solution),
    wrong: () => says("It is clear."),
    needsJudge: true,
  };
}

function itemOf(row: Row, number: number): Item<Rubric> {
  const problem = textField(row, ["problem", "Problem"], EXPECTS).trim();
  const solution = textField(row, ["solution", "Solution"], EXPECTS);
  const { id, "Problem ID": named, points = POINTS } = row.fields;
  const most = Number(points);
  if (!Number.isInteger(most) || most < 1)
    throw new EvalsError("bad_data", `${row.where}: points is ${JSON.stringify(points)}; expected ${EXPECTS}`);
  return {
    id: String(id ?? named ?? number),
    messages: [{ role: "user", content: `${problem}\n\n${INSTRUCTION}` }],
    gold: solution,
    data: { problem, solution, guidelines: textField(row, ["guidelines", "Grading guidelines"], EXPECTS), most },
  };
}

const taskOf = ({ data }: Item<Rubric>, answer: string): MarkTask => ({
  about: { problem: data.problem, "a right solution": data.solution, "marking guidelines": data.guidelines },
  answer,
  most: data.most,
});

async function gradeProof({ message }: Finished, item: Item<Rubric>, judge: Judge | undefined): Promise<Grade> {
  const answer = message.content?.trim() ?? "";
  const { most } = item.data;
  if (answer === "") return { ...wrong("there is no answer"), mark: { got: 0, most } };
  if (!judge) return notMeasured("unparsed", "nobody marked it: pass --judge, or marks of people", answer);
  const got = await judge.marks(taskOf(item, answer));
  if (got === undefined) return notMeasured("unparsed", "the judge cannot tell a mark", answer);
  const because = `${got} of ${most} marks`;
  return { ...(got === most ? right(because, answer) : wrong(because, answer)), mark: { got, most } };
}
