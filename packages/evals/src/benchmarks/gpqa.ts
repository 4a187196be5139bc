import { textField } from "../data/read-rows.js";
import { letterChoices } from "../kinds/letters.js";

/** Rein et al. 2023. Its authors ask not to spread it in plain text: by --data only. */
export const gpqa = letterChoices({
  name: "gpqa",
  description: "graduate-level science, four options in a seeded order",
  licence: "CC-BY-4.0; not to be spread in plain text",
  where: "github.com/idavidrein/gpqa (dataset.zip): gpqa_diamond.csv",
  expects: "columns Question, Correct Answer, Incorrect Answer 1, Incorrect Answer 2, Incorrect Answer 3",
  read(row, expects) {
    const { "Record ID": id } = row.fields;
    const options = ["Correct Answer", ...[1, 2, 3].map((n) => `Incorrect Answer ${n}`)].map((name) =>
      textField(row, [name], expects),
    );
    return {
      ...(typeof id === "string" && id !== "" ? { id } : {}),
      question: textField(row, ["Question"], expects),
      options,
      right: 0,
    };
  },
});
