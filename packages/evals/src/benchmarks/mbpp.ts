import { type Row, textField } from "../data/read-rows.js";
import { EvalsError } from "../errors.js";
import { programs } from "../kinds/programs.js";

/** Austin et al. 2021: problems 11 to 510, their test split. */
export const mbpp = programs({
  name: "mbpp",
  description: "short Python functions, tests in the sandbox (500)",
  licence: "CC-BY-4.0",
  bundled: "mbpp.jsonl.gz",
  where: "github.com/google-research/google-research, mbpp/mbpp.jsonl",
  expects: '{"task_id": 11, "text": "Write a function ...", "code": "def ...", "test_list": ["assert ..."]}',
  keep: ({ fields: { task_id: id } }) => typeof id !== "number" || (id >= 11 && id <= 510),
  read(row, expects) {
    const asserts = assertsOf(row, expects);
    const setup = typeof row.fields.test_setup_code === "string" ? row.fields.test_setup_code : "";
    const text = textField(row, ["text", "prompt"], expects);
    return {
      id: textField(row, ["task_id"], expects),
      prompt: `${text}\n\nYour code should pass these tests:\n\n${asserts.join("\n")}\n\nAnswer with the code in one \`\`\`python block.`,
      prefix: "",
      tests: `${setup}\n${asserts.join("\n")}\n`,
      names: calledIn(asserts, row, expects),
      solution: textField(row, ["code"], expects),
    };
  },
});

function assertsOf({ fields: { test_list: list }, where }: Row, expects: string): string[] {
  if (Array.isArray(list) && list.length > 0 && list.every((one) => typeof one === "string")) return list;
  throw new EvalsError(
    "bad_data",
    `${where}: test_list is ${JSON.stringify(list)?.slice(0, 60) ?? "missing"}; expected ${expects}`,
  );
}

/** Functions of the solution that the tests call, the first of them first. */
function calledIn(asserts: readonly string[], row: Row, expects: string): string[] {
  const defined = [...textField(row, ["code"], expects).matchAll(/^\s*def\s+(\w+)/gm)].map(([, name]) => name!);
  const called = [...asserts.join("\n").matchAll(/(\w+)\s*\(/g)].map(([, name]) => name!);
  const names = [...new Set(called.filter((name) => defined.includes(name)))];
  if (names.length > 0) return names;
  throw new EvalsError("bad_data", `${row.where}: its tests call no function of its code; expected ${expects}`);
}
