/** SWE-bench instances: a code task as one, and one as what is mined again from its repository. */

import * as z from "zod";
import { SynthesisError } from "../errors.js";
import type { TaskFolder } from "../task.js";

/** A list of tests, or, as the published files have it, a JSON text of one. */
const tests = z.union([z.array(z.string()), z.string()]).transform((value, context): string[] => {
  if (Array.isArray(value)) return value;
  try {
    return z.array(z.string()).parse(JSON.parse(value));
  } catch {
    context.addIssue({ code: "custom", message: "is neither a list of tests nor the JSON of one" });
    return z.NEVER;
  }
});

const schema = z.looseObject({
  instance_id: z.string().min(1),
  repo: z.string(),
  base_commit: z.string(),
  patch: z.string(),
  test_patch: z.string(),
  problem_statement: z.string(),
  hints_text: z.string().default(""),
  created_at: z.string().default(""),
  version: z.union([z.string(), z.number()]).transform(String).default(""),
  FAIL_TO_PASS: tests,
  PASS_TO_PASS: tests,
  environment_setup_commit: z.string().default(""),
});

export type SweBenchInstance = z.output<typeof schema>;

/** @throws SynthesisError `invalid_task` that names the field */
export function parseSweBench(value: unknown): SweBenchInstance {
  const { data, error } = schema.safeParse(value);
  if (data) return data;
  throw new SynthesisError("invalid_task", `not a SWE-bench instance: ${z.prettifyError(error)}; mend the field`);
}

/** As the published files have it: the lists as JSON text. */
export const formatSweBench = (instance: SweBenchInstance): string =>
  JSON.stringify({
    ...instance,
    FAIL_TO_PASS: JSON.stringify(instance.FAIL_TO_PASS),
    PASS_TO_PASS: JSON.stringify(instance.PASS_TO_PASS),
  });

/** A mined task as an instance. @throws SynthesisError `invalid_task` for a task of another pipeline */
export function toSweBench({ name, instance, instruction, config, tests, solution }: TaskFolder): SweBenchInstance {
  const text = (files: TaskFolder["tests"], path: string): string => {
    const file = files.get(path);
    if (!file) throw new SynthesisError("invalid_task", `${name} has no ${path}; export tasks of the pipeline code`);
    return file.data.toString("utf8");
  };
  const { hashes = {}, source = "" } = instance?.provenance ?? {};
  const [from = "", to = ""] = [instance?.evidence.from, instance?.evidence.to].map((value) => String(value ?? ""));
  const base = Object.entries(hashes).find(([key]) => key.endsWith("@base"))?.[1] ?? from;
  const expected = JSON.parse(text(tests, "expected.json")) as Pick<SweBenchInstance, "FAIL_TO_PASS" | "PASS_TO_PASS">;
  return parseSweBench({
    ...{
      instance_id: name,
      repo: source.replace(/^(git|npm):/, ""),
      base_commit: base,
      environment_setup_commit: base,
    },
    ...{ patch: text(solution, "gold.patch"), test_patch: text(tests, "test.patch"), problem_statement: instruction },
    ...{ hints_text: "", created_at: String(config.metadata.created_at ?? ""), version: to, ...expected },
  });
}
