import { codeAnswer } from "../answer/code.js";
import { type Benchmark, notMeasured, right, says, wrong } from "../benchmark.js";
import { fileSource } from "../data/file-source.js";
import { type Row, textField } from "../data/read-rows.js";
import { unpackText } from "../data/unpickle-text.js";
import { EvalsError } from "../errors.js";
import { type CasesOfProgram, type ProgramCase, passesCases } from "../programs/run-cases.js";

type Problem = Omit<CasesOfProgram, "program"> & { solution?: string };

const EXPECTS =
  '{"question_id": "...", "question_content": "...", "starter_code": "", "public_test_cases": "[{\\"input\\": ..., \\"output\\": ..., \\"testtype\\": \\"stdin\\"}]", "private_test_cases": "...", "metadata": "{\\"func_name\\": ...}"}';

const fenced = (code: string) => says(`\`\`\`python\n${code}\n\`\`\``);

/** Jain et al. 2024. Its problems belong to judge sites, so none are bundled; a row may have its `solution`, which the oracle says. */
export const livecodebench: Benchmark<Problem> = {
  ...fileSource<Problem>({
    name: "livecodebench",
    description: "contest programs on standard input or by a function, in the sandbox",
    licence: "the judge sites'",
    where: "huggingface.co/datasets/livecodebench/code_generation_lite, test*.jsonl",
    expects: EXPECTS,
    item(row) {
      const starter = typeof row.fields.starter_code === "string" ? row.fields.starter_code : "";
      const { solution } = row.fields;
      const data = { ...casesOf(row), ...(typeof solution === "string" ? { solution } : {}) };
      return {
        id: textField(row, ["question_id"], EXPECTS),
        messages: [{ role: "user", content: promptOf(textField(row, ["question_content"], EXPECTS), starter) }],
        gold: data.solution ?? `${data.cases.length} cases`,
        data,
      };
    },
  }),
  async grade({ message: { content } }, { data: { cases, call } }) {
    if (!content?.trim()) return wrong("there is no answer");
    const program = codeAnswer(content);
    if (program === undefined) return notMeasured("unparsed", "no program was found in it");
    const { passed, because } = await passesCases({ program, cases, ...(call === undefined ? {} : { call }) });
    return passed ? right(because, program) : wrong(because, program);
  },
  oracle({ id, data: { solution } }) {
    if (solution !== undefined) return fenced(solution);
    throw new EvalsError("bad_data", `${id} has no solution, which the oracle says; add the field solution to its row`);
  },
  wrong: ({ data: { call } }) =>
    fenced(call === undefined ? 'print("nothing")' : `def ${call}(*args):\n    return "nothing"`),
  hostile: () => Object.entries(HOSTILE).map(([name, code]) => ({ name, says: () => fenced(code)[0]!.content! })),
};

const HOSTILE: Readonly<Record<string, string>> = {
  "a program that says that it passed": 'print("all cases pass")\nraise SystemExit(0)',
  "a program without end": "while True: pass",
  "a program that writes without end": "while True: print('x' * 100000)",
  "a program that looks for the answers": "import glob\nprint([open(f).read() for f in glob.glob('/work/*')])",
};

function promptOf(question: string, starter: string): string {
  const how =
    starter.trim() === ""
      ? "Write a Python program that reads the input from standard input and prints the answer to standard output."
      : `Write it in Python with this beginning:\n\n\`\`\`python\n${starter.trimEnd()}\n\`\`\``;
  return `${question}\n\n${how}\n\nAnswer with the whole program in one \`\`\`python block.`;
}

/** @throws EvalsError `bad_data` */
function casesOf(row: Row): Pick<Problem, "cases" | "call"> {
  const all = [...testsOf(row, "public_test_cases"), ...testsOf(row, "private_test_cases")];
  if (all.length === 0) throw bad(row, "it has no test cases");
  const kinds = new Set(all.map(({ testtype }) => testtype));
  if (kinds.size > 1) throw bad(row, `its tests are of several kinds: ${[...kinds].join(", ")}`);
  const cases = all.map(({ input, output }): ProgramCase => ({ input, output }));
  return kinds.has("functional") ? { cases, call: functionOf(row) } : { cases };
}

interface StoredCase extends ProgramCase {
  testtype: string;
}

function testsOf(row: Row, field: string): readonly StoredCase[] {
  const value = row.fields[field];
  if (value === undefined || value === null || value === "") return [];
  const tests = typeof value === "string" ? parsed(row, field, value) : value;
  const fits = (test: unknown): test is StoredCase =>
    typeof test === "object" &&
    test !== null &&
    (["input", "output", "testtype"] as const).every((name) => typeof (test as StoredCase)[name] === "string");
  if (Array.isArray(tests) && tests.every(fits)) return tests;
  throw bad(row, `${field} is no list of input, output and testtype`);
}

function parsed(row: Row, field: string, text: string): unknown {
  try {
    return JSON.parse(text.trimStart().startsWith("[") ? text : unpackText(text));
  } catch (error) {
    throw bad(row, `${field} is neither JSON nor packed as LiveCodeBench packs it (${(error as Error).message})`);
  }
}

function functionOf(row: Row): string {
  const { metadata } = row.fields;
  const known = (typeof metadata === "string" ? parsed(row, "metadata", `[${metadata}]`) : [metadata]) as unknown[];
  const name = (known[0] as { func_name?: unknown } | undefined)?.func_name;
  if (typeof name === "string" && /^[A-Za-z_]\w*$/.test(name)) return name;
  throw bad(row, "its tests call a function, which metadata does not name as func_name");
}

const bad = ({ where }: Row, what: string) => new EvalsError("bad_data", `${where}: ${what}; expected ${EXPECTS}`);
