/** Benchmarks of choices: options in a seeded order, one letter as the answer. */

import { mixSeed } from "@cachalot/environments";
import { Draw } from "@cachalot/tensor";
import { letterAnswer } from "../answer/letter.js";
import { type Benchmark, notMeasured, right, says, wrong } from "../benchmark.js";
import { type FileDefinition, fileSource } from "../data/file-source.js";
import type { Row } from "../data/read-rows.js";

export interface Choices {
  /** The right letter, and how many there are. */
  letter: string;
  letters: number;
}

export interface Question {
  id?: string;
  question: string;
  /** The right one first where `shuffle`; else in their order, with the place of the right one. */
  options: readonly string[];
  right: number;
}

export interface LettersDefinition extends FileDefinition {
  /** @throws EvalsError `bad_data` */
  read(row: Row, expects: string): Question;
}

export const letterAt = (place: number): string => String.fromCharCode(65 + place);

/** `--seed` gives another order of the options: what a model prefers for its place shows. */
export function letterChoices({ read, ...definition }: LettersDefinition): Benchmark<Choices> {
  const { name, expects } = definition;
  return {
    ...fileSource<Choices>({
      ...definition,
      item(row, number, { seed }) {
        const { id = String(number), question, options, right } = read(row, expects);
        const order = new Draw(mixSeed("options", seed, name, id)).shuffled([...options.keys()]);
        const lines = order.map((from, to) => `${letterAt(to)}. ${options[from]!.trim()}`);
        const letter = letterAt(order.indexOf(right));
        const content = `${question.trim()}\n\n${lines.join("\n")}\n\nThink step by step, and end with "Answer: X", where X is one letter.`;
        return { id, messages: [{ role: "user", content }], gold: letter, data: { letter, letters: options.length } };
      },
    }),
    grade({ message: { content } }, { data }) {
      if (!content?.trim()) return wrong("there is no answer");
      const letter = letterAnswer(content, data.letters);
      if (letter === undefined) return notMeasured("unparsed", "no letter was found in it");
      return letter === data.letter ? right("the right letter", letter) : wrong("another letter", letter);
    },
    oracle: ({ data }) => says(`Answer: ${data.letter}`),
    wrong: ({ data }) => says(`Answer: ${letterAt((data.letter.charCodeAt(0) - 64) % data.letters)}`),
    hostile: () => [
      {
        name: "every letter",
        says: ({ data }) => Array.from({ length: data.letters }, (_, i) => letterAt(i)).join(" or "),
      },
      {
        name: "a letter that is only a word",
        says: ({ data }) => `${data.letter} lot of thought went into this, without a result so far.`,
      },
    ],
  };
}
