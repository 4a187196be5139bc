/** Marking sheet: answers that people mark without seeing what a judge thought, and how well the two agree. */

import { readRows } from "../data/read-rows.js";
import { EvalsError } from "../errors.js";
import type { Sample } from "../run/sample.js";

export interface HumanMark {
  item: string;
  sample: number;
  mark: number;
}

const EXPECTS = '{"item": "1", "sample": 0, "mark": 6}';

/** JSON lines with an empty mark each. */
export const marksSheet = (samples: readonly Sample[]): string =>
  samples
    .filter(({ answer }) => answer !== undefined)
    .map(({ item, sample, messages, gold, answer }) =>
      JSON.stringify({ item, sample, problem: messages[0]?.content ?? "", solution: gold, answer, mark: null }),
    )
    .map((line) => `${line}\n`)
    .join("");

/** A sheet that is filled in; lines without a mark are left out. @throws EvalsError `bad_data` with the line and the field */
export async function readMarks(path: string, samples: readonly Sample[]): Promise<HumanMark[]> {
  const rows = await readRows(path);
  return rows.flatMap(({ where, fields }) => {
    const { item, sample = 0, mark } = fields;
    const answered = samples.find((one) => one.item === String(item) && one.sample === Number(sample));
    if (!answered)
      throw new EvalsError("bad_data", `${where}: the run has no sample ${sample} of ${item}; expected ${EXPECTS}`);
    if (mark === null || mark === undefined || mark === "") return [];
    const most = answered.mark?.most ?? Number.POSITIVE_INFINITY;
    if (!(Number(mark) >= 0 && Number(mark) <= most))
      throw new EvalsError(
        "bad_data",
        `${where}: mark is ${JSON.stringify(mark)}, not from 0 to ${most}; expected ${EXPECTS}`,
      );
    return [{ item: answered.item, sample: answered.sample, mark: Number(mark) }];
  });
}

export interface MarkAgreement {
  /** Answers that both marked. */
  both: number;
  same: number;
  withinOne: number;
  /** The judge's mark less the human one, on average. */
  bias: number;
}

export function markAgreement(samples: readonly Sample[], marks: readonly HumanMark[]): MarkAgreement {
  const gaps = marks.flatMap(({ item, sample, mark }) => {
    const judged = samples.find((one) => one.item === item && one.sample === sample)?.mark;
    return judged ? [judged.got - mark] : [];
  });
  return {
    both: gaps.length,
    same: gaps.filter((gap) => gap === 0).length,
    withinOne: gaps.filter((gap) => Math.abs(gap) <= 1).length,
    bias: gaps.reduce((sum, gap) => sum + gap, 0) / Math.max(gaps.length, 1),
  };
}
