/** BFCL's own files: what answers are possible is in another file of the same name, in `possible_answer` beside the questions. */

import { access } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type Row, readRows } from "../data/read-rows.js";

/** Rows without `ground_truth` get that of their id, where there is such a file. @throws EvalsError as `readRows` */
export async function withPossibleAnswers(rows: readonly Row[], path: string): Promise<readonly Row[]> {
  const isBare = ({ fields }: Row) => fields.ground_truth === undefined;
  const beside = join(dirname(path), "possible_answer", basename(path));
  const isThere = await access(beside).then(
    () => true,
    () => false,
  );
  if (!isThere || !rows.some(isBare)) return rows;
  const answers = new Map((await readRows(beside)).map((row) => [row.fields.id, row]));
  return rows.map((row) => {
    const answer = answers.get(row.fields.id);
    return answer && isBare(row) ? joined(row, answer) : row;
  });
}

/** As text too: numbers keep their form. */
function joined({ where, fields, text }: Row, answer: Row): Row {
  const [own, other] = [text.trimEnd().slice(0, -1), answer.text.slice(answer.text.indexOf('"ground_truth"'))];
  return { where, fields: { ...fields, ground_truth: answer.fields.ground_truth }, text: `${own}, ${other}` };
}
