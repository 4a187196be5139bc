import { textField } from "../data/read-rows.js";
import { finalAnswers } from "../kinds/final-answers.js";

/** Luong et al., EMNLP 2025. Version 2. */
export const imoAnswerbench = finalAnswers({
  name: "imo-answerbench",
  description: "olympiad problems with short answers (400)",
  licence: "CC-BY-4.0",
  bundled: "imo-answerbench.jsonl.gz",
  where: "github.com/google-deepmind/superhuman, imobench/answerbench_v2.csv",
  expects: "columns Problem ID, Problem, Short Answer",
  read: (row, expects) => ({
    id: textField(row, ["Problem ID", "id"], expects),
    problem: textField(row, ["Problem", "problem"], expects),
    answer: textField(row, ["Short Answer", "answer"], expects),
  }),
});
