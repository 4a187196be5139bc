/** Benchmarks of final answers: a problem, an answer, math equality. What no rule decides a judge does, or is not measured. */

import { mathVerdict } from "@cachalot/environments";
import { finalAnswer } from "../answer/final-answer.js";
import { type Benchmark, type Finished, type Grade, type Item, notMeasured, right, says, wrong } from "../benchmark.js";
import { type FileDefinition, fileSource } from "../data/file-source.js";
import { type Row, textField } from "../data/read-rows.js";
import type { Judge, Question } from "../judge/judge.js";

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
    async grade(finished, item, { judge } = {}) {
      const grade = gradeFinalAnswer(finished, item.data.gold);
      const cannotTell = grade.verdict === "not measured" && grade.answer !== undefined;
      return judge && cannotTell ? await byJudge(judge, equality(item, grade.answer!), grade) : grade;
    },
    planted: (item) => [
      { ...equality(item, item.data.gold), holds: true },
      { ...equality(item, anotherAnswer(item.data.gold)), holds: false },
    ],
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

function equality({ messages, data }: Item<Gold>, answer: string): Question {
  return {
    about: { problem: messages.at(-1)?.content ?? "", "right answer": data.gold, "given answer": answer },
    yes: "The given answer is the right answer, maybe written otherwise.",
    no: "The given answer is not the right answer.",
  };
}

async function byJudge(judge: Judge, question: Question, open: Grade): Promise<Grade> {
  const verdict = await judge.asks(question);
  if (verdict === undefined) return { ...open, because: `${open.because}; the judge cannot tell either` };
  const because = `${open.because}; the judge finds it ${verdict ? "right" : "wrong"}`;
  return verdict ? right(because, open.answer) : wrong(because, open.answer);
}

/** An answer that is surely wrong. */
function anotherAnswer(gold: string): string {
  const candidates = [`-31415.${gold.length}`, "\\text{none of these}", "x^{17}+31415"];
  return candidates.find((candidate) => mathVerdict(gold, candidate).verdict === "different") ?? candidates[0]!;
}
