import type { MathOutcome, MathVerdict } from "@cachalot/environments";
import { Command } from "commander";
import { CliError } from "../errors.js";
import { readText } from "../read-input.js";
import { err, out } from "../terminal/output.js";
import { dim, green, red, type Text, text, yellow } from "../terminal/styled-text.js";

const COLOURS: Readonly<Record<MathVerdict, (part: string) => Text>> = {
  equal: green,
  different: red,
  "cannot tell": yellow,
};
/** 1 is an error, as everywhere. */
const EXIT_CODES: Readonly<Record<MathVerdict, number>> = { equal: 0, different: 2, "cannot tell": 3 };

export function gradeCommand(): Command {
  return new Command("grade")
    .summary("compare an answer with the right one, by rule")
    .description("Grades answers without a model. The verdict is never guessed: what no rule decides is `cannot tell`.")
    .addHelpText("after", "\nExample:\n  cachalot grade math '\\frac{1}{2}' 0.5")
    .addCommand(mathCommand());
}

interface MathFlags {
  pairs?: string;
  json?: true;
}

function mathCommand(): Command {
  return (
    new Command("math")
      .summary("whether two mathematical answers are equal: equal, different or cannot tell")
      .description(
        "Compares two answers in LaTeX or plain text: exactly where they are rational, to 60 digits where not. Numbers, algebra, " +
          "sets, tuples, intervals, units, choices and words. Exit status: 0 equal, 2 different, 3 cannot tell, 1 for an error.",
      )
      .argument("[gold]", "the right answer")
      .argument("[answer]", "the answer that is graded")
      .option("--pairs <file>", "JSON lines of {gold, answer}, - for standard input, instead of one pair")
      .option("--json", "one JSON object a line")
      // An answer may begin with a minus: -\frac{1}{2} is no option.
      .allowUnknownOption()
      .addHelpText(
        "after",
        "\nExamples:\n  cachalot grade math '(x+1)^2' 'x^2+2x+1'\n  cachalot grade math '1/2^99' '1/2^98' --json\n" +
          "  cachalot grade math --pairs pairs.jsonl --json | jq -r .verdict | sort | uniq -c",
      )
      .action(async (_gold: unknown, _answer: unknown, flags: MathFlags, command: Command) => {
        const { mathVerdict } = await import("@cachalot/environments");
        if (flags.pairs !== undefined) {
          if (command.args.length > 0)
            throw new CliError("invalid_input", "give either --pairs or a gold and an answer, not both");
          return gradePairs(flags.pairs, flags, mathVerdict);
        }
        const [gold, answer] = command.args;
        if (command.args.length !== 2 || gold === undefined || answer === undefined)
          throw new CliError(
            "invalid_input",
            `a gold and an answer are compared, not ${command.args.length} texts; quote each, or pass --pairs FILE.jsonl`,
          );
        const outcome = mathVerdict(gold, answer);
        if (flags.json) out.json({ ...outcome, gold, answer });
        else out.print(shown(outcome));
        process.exitCode = EXIT_CODES[outcome.verdict];
      })
  );
}

const shown = ({ verdict, because }: MathOutcome) => text`${COLOURS[verdict](verdict)}  ${dim(because)}\n`;

async function gradePairs(
  path: string,
  { json }: MathFlags,
  grade: (gold: string, answer: string) => MathOutcome,
): Promise<void> {
  const counts: Record<MathVerdict, number> = { equal: 0, different: 0, "cannot tell": 0 };
  const pairs = (await readText(path)).split("\n").map((row, i) => ({ row, line: i + 1 }));
  const read = pairs
    .filter(({ row }) => row.trim() !== "")
    .map(({ row, line }) => pairOf(row, `${path}:${line}`, line));
  for (const { gold, answer, line } of read) {
    const outcome = grade(gold, answer);
    counts[outcome.verdict]++;
    if (json) out.json({ line, ...outcome, gold, answer });
    else out.print(text`${dim(`${line}`)}  ${shown(outcome)}`);
  }
  const summary = Object.entries(counts).map(([verdict, count]) => `${count} ${verdict}`);
  err.print(text`${dim(`${read.length} pairs: ${summary.join(", ")}`)}\n`);
}

/** @throws CliError `invalid_input` with the line and the field */
function pairOf(row: string, where: string, line: number): { gold: string; answer: string; line: number } {
  let pair: unknown;
  try {
    pair = JSON.parse(row);
  } catch (error) {
    throw new CliError("invalid_input", `${where} is not JSON (${(error as Error).message}); ${EXPECTED}`);
  }
  const [gold, answer] = (["gold", "answer"] as const).map((field) => {
    const value = (pair as Record<string, unknown> | null)?.[field];
    if (typeof value === "string" || typeof value === "number") return String(value);
    throw new CliError("invalid_input", `${where}: ${field} is ${JSON.stringify(value) ?? "missing"}; ${EXPECTED}`);
  });
  return { gold: gold!, answer: answer!, line };
}

const EXPECTED = 'every line must be an object such as {"gold": "1/2", "answer": "0.5"}';
