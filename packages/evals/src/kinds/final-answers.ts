/** Benchmarks of final answers: a problem, an answer, math equality. Words and what no rule decides are not measured. */

import { mathVerdict } from "@cachalot/environments";
import { finalAnswer } from "../answer/final-answer.js";
import { type Benchmark, type Finished, type Grade, notMeasured, right, says, wrong } from "../benchmark.js";
import { type FileDefinition, fileSource } from "../data/file-source.js";
import { type Row, textField } from "../data/read-rows.js";

export interface Gold {
  gold: string;
}

const EXPECTS = '{"id": "1", "problem": "What is 1 + 1?", "answer": "2"}';
const INSTRUCTION = "Think step by step, and put your final answer within \\boxed{}.";

export interface FinalAnswersDefinition extends Omit<FileDefinition, "expects"> {
  expects?: string;
  /** Default: fields `problem` or `question`, `answer`, `id`. */
  read?(row: Row, expects: string): { id?: string; problem: string; answer: string };
}

export function finalAnswers(definition: FinalAnswersDefinition): Benchmark<Gold> {
  const { expects = EXPECTS, read = plainRow } = definition;
  return {
    ...fileSource<Gold>({
      ...{ ...definition, expects },
      item(row, number) {
        const { id = String(number), problem, answer } = read(row, expects);
        return {
          id,
          messages: [{ role: "user", content: `${problem.trim()}\n\n${INSTRUCTION}` }],
          gold: answer,
          data: { gold: answer },
        };
      },
    }),
    grade: (finished, { data }) => gradeFinalAnswer(finished, data.gold),
    oracle: ({ data }) => says(`The final answer is $\\boxed{${data.gold.replace(/^\s*\$|\$?\s*\.?\s*$/g, "")}}$.`),
    wrong: ({ data }) => says(`The final answer is $\\boxed{${anotherAnswer(data.gold)}}$.`),
  };
}

function plainRow(row: Row, expects: string) {
  const { id } = row.fields;
  return {
    ...(typeof id === "string" || typeof id === "number" ? { id: String(id) } : {}),
    problem: textField(row, ["problem", "question"], expects),
    answer: textField(row, ["answer", "gold"], expects),
  };
}

function gradeFinalAnswer({ message }: Finished, gold: string): Grade {
  const text = message.content ?? "";
  if (text.trim() === "") return wrong("there is no answer");
  const answer = finalAnswer(text);
  if (answer === undefined) return notMeasured("unparsed", "no final answer was found in it");
  const { verdict, because } = mathVerdict(gold, answer);
  if (verdict === "equal") return right(because, answer);
  if (verdict === "different") return wrong(because, answer);
  // "What percent": the sign is the question's.
  const bare = answer.replace(/\s*\\?%\s*$/, "");
  if (bare !== answer && !gold.includes("%") && mathVerdict(gold, bare).verdict === "equal")
    return right("equal but for a percent sign", answer);
  return notMeasured("unparsed", because, answer);
}

/** An answer that is surely wrong. */
function anotherAnswer(gold: string): string {
  const candidates = [`-31415.${gold.length}`, "\\text{none of these}", "x^{17}+31415"];
  return candidates.find((candidate) => mathVerdict(gold, candidate).verdict === "different") ?? candidates[0]!;
}
