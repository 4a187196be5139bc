import { textField } from "../data/read-rows.js";
import { EvalsError } from "../errors.js";
import { letterAt, letterChoices } from "../kinds/letters.js";

/** Wang et al. 2024: up to ten options. */
export const mmluPro = letterChoices({
  name: "mmlu-pro",
  description: "fourteen subjects, up to ten options in a seeded order",
  licence: "MIT",
  where: "huggingface.co/datasets/TIGER-Lab/MMLU-Pro, test split as JSON lines",
  expects: '{"question_id": 70, "question": "...", "options": ["...", "..."], "answer": "B"}',
  read(row, expects) {
    const { question_id: id, options } = row.fields;
    const texts = Array.isArray(options)
      ? options.filter((option): option is string => typeof option === "string")
      : [];
    if (texts.length < 2 || texts.length > 26 || texts.length !== (options as unknown[]).length)
      throw new EvalsError(
        "bad_data",
        `${row.where}: options is ${JSON.stringify(options)?.slice(0, 60) ?? "missing"}; expected ${expects}`,
      );
    const right = texts.map((_, i) => letterAt(i)).indexOf(textField(row, ["answer"], expects));
    if (right < 0)
      throw new EvalsError(
        "bad_data",
        `${row.where}: answer is none of its ${texts.length} options' letters; expected ${expects}`,
      );
    return {
      ...(id === undefined ? {} : { id: String(id) }),
      question: textField(row, ["question"], expects),
      options: texts,
      right,
    };
  },
});
