/** Benchmarks of programs: a message with Python code, and tests that run it in the sandbox. */

import { codeAnswer } from "../answer/code.js";
import { type Benchmark, notMeasured, right, says, wrong } from "../benchmark.js";
import { type FileDefinition, fileSource } from "../data/file-source.js";
import type { Row } from "../data/read-rows.js";
import { passesTests } from "../programs/run-program.js";

export interface ProgrammingProblem {
  /** Before the program, where that does not define `entry` itself: it was completed, not written anew. */
  prefix: string;
  tests: string;
  /** Functions that the tests call; the first must be there. */
  names: readonly string[];
  solution: string;
}

export interface ProgramsDefinition extends FileDefinition {
  /** @throws EvalsError `bad_data` */
  read(row: Row, expects: string): ProgrammingProblem & { id: string; prompt: string };
}

const fenced = (code: string) => says(`\`\`\`python\n${code}\n\`\`\``);

export function programs({ read, ...definition }: ProgramsDefinition): Benchmark<ProgrammingProblem> {
  return {
    ...fileSource<ProgrammingProblem>({
      ...definition,
      item(row) {
        const { id, prompt, ...data } = read(row, definition.expects);
        return { id, messages: [{ role: "user", content: prompt }], gold: data.solution, data };
      },
    }),
    async grade({ message: { content } }, { data: { prefix, tests, names } }) {
      if (!content?.trim()) return wrong("there is no answer");
      const code = codeAnswer(content);
      if (code === undefined) return notMeasured("unparsed", "no program was found in it");
      const defines = new RegExp(`^\\s*(?:async\\s+)?def\\s+${names[0]}\\b|^${names[0]}\\s*=`, "m").test(code);
      const { passed, because } = await passesTests({ program: defines ? code : `${prefix}\n${code}`, tests, names });
      return passed ? right(because, code) : wrong(because, code);
    },
    oracle: ({ data }) => fenced(data.solution),
    wrong: ({ data }) => fenced(`def ${data.names[0]}(*args, **kwargs):\n    return object()`),
    hostile: () =>
      Object.entries(HOSTILE).map(([name, body]) => ({
        name,
        says: ({ data }) => fenced(body.replaceAll("ENTRY", data.names[0]!))[0]!.content!,
      })),
  };
}

const HOSTILE: Readonly<Record<string, string>> = {
  "a program that leaves before its tests": "import sys\nsys.exit(0)",
  "a program that ends the process": "def ENTRY(*a):\n    import os\n    os._exit(0)",
  "a program that says that it passed": 'print("all tests pass")\nraise SystemExit(0)',
  "results that are equal to everything":
    "class Any:\n    def __eq__(self, other): return True\ndef ENTRY(*a): return Any()",
  "a program that writes without end": "while True: print('x' * 100000)",
  "a program without end": "while True: pass",
  "a program that takes all memory": "x = []\nwhile True: x.append(bytearray(1 << 24))",
};
