/** lm-evaluation-harness' results, with its samples. */

import type { Sample } from "../run/sample.js";
import { summarise } from "../score/summary.js";
import { isUserAct } from "../users/user-acts.js";
import type { RunExport } from "./run-export.js";

export const lmEval: RunExport = {
  name: "lm-eval",
  description: "lm-evaluation-harness' results as JSON",
  extension: ".json",
  write({ header, samples }) {
    const { benchmark: task, createdAt } = header;
    const { score, interval, bounds, notMeasured } = summarise(samples);
    const stderr = (interval[1] - interval[0]) / (2 * 1.959964);
    const results = {
      alias: task,
      "exact_match,none": score ?? "N/A",
      "exact_match_stderr,none": score === null ? "N/A" : stderr,
    };
    const content = {
      results: { [task]: { ...results, not_measured: notMeasured, bounds } },
      group_subtasks: { [task]: [] },
      configs: {
        [task]: {
          task,
          output_type: "generate_until",
          repeats: header.samples,
          num_fewshot: 0,
          metadata: { version: 1 },
        },
      },
      ...{ versions: { [task]: 1 }, "n-shot": { [task]: 0 }, higher_is_better: { [task]: { exact_match: true } } },
      "n-samples": { [task]: { original: header.items, effective: header.items } },
      config: {
        model: header.model,
        model_args: header.engine,
        gen_kwargs: header.sampling,
        random_seed: header.seed,
        limit: header.items,
      },
      ...{ git_hash: null, date: Date.parse(createdAt) / 1000, samples: { [task]: samples.map(row) } },
    };
    return `${JSON.stringify(content, null, 2)}\n`;
  },
};

function row({ item, sample, messages, gold, verdict, reason, because, answer }: Sample, doc_id: number) {
  const user_acts = messages.filter(isUserAct);
  const said = messages.findLast(({ role }) => role === "assistant")?.content ?? "";
  return {
    ...{
      doc_id,
      doc: { id: item, sample },
      target: gold,
      arguments: [[messages[0]?.content ?? "", {}]],
      resps: [[said]],
      filtered_resps: [answer ?? ""],
    },
    exact_match: verdict === "not measured" ? null : Number(verdict === "right"),
    ...(user_acts.length > 0 && { user_acts }),
    ...(reason && { not_measured: reason, because }),
  };
}
