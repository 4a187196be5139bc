import { sampledTokens } from "@cachalot/chat";
import { Command, InvalidArgumentError, Option } from "commander";
import { defined } from "../defined.js";
import { CliError } from "../errors.js";
import { type FoundRollouts, findRollouts, isWanted, type RolloutFilter } from "../rollouts/find-rollouts.js";
import { linesOf, sideBySide } from "../rollouts/side-by-side.js";
import { err, out } from "../terminal/output.js";
import { bold, dim, green, text, yellow } from "../terminal/styled-text.js";
import { collectCommand } from "./collect-rollouts.js";

const OUTCOMES = ["solved", "failed", "overlong", "unparsed", "tool-error", "grader-error"] as const;
/** As `ROLLOUT_EXPORTS`, which help must not wait for. */
const EXPORTS = ["verl", "verl-prompts", "trl", "slime", "prime-rl", "verifiers", "tinker", "areal"];

export function rolloutsCommand(): Command {
  return new Command("rollouts")
    .summary("list, compare, collect and export rollouts")
    .description(
      "What a policy did in a run's stages of rollouts: tasks, answers, rewards, token by token; and rollouts of models elsewhere.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  cachalot rollouts runs/sort-digits --outcome failed --from rl/00040\n" +
        "  cachalot rollouts show runs/sort-digits 40-0-3-0 40-0-3-1\n" +
        "  cachalot rollouts export runs/sort-digits --to slime --out rollouts.jsonl",
    )
    .addCommand(listCommand(), { isDefault: true })
    .addCommand(showCommand())
    .addCommand(collectCommand())
    .addCommand(exportCommand());
}

interface Flags extends RolloutFilter {
  from?: string;
  json?: true;
}

/** A command on a run's rollouts, with the filters all of them have. */
function onRollouts(command: Command): Command {
  return command
    .option("--from <name>", "of files whose STAGE/NAME has this in it, such as rl/00040 or heldout")
    .option("--taskset <name>", "of this taskset")
    .addOption(new Option("--outcome <outcome>", "that ended so").choices(OUTCOMES))
    .option("--min-reward <number>", "of at least this reward", number)
    .option("--max-reward <number>", "of at most this reward", number);
}

function number(value: string): number {
  const parsed = Number(value);
  if (value.trim() === "" || !Number.isFinite(parsed)) throw new InvalidArgumentError("Give a number.");
  return parsed;
}

const RUN = ["<run>", "directory of a training run or of collected rollouts, or one of their Parquet files"] as const;

/** What a filter leaves keeps the advantages it had in its whole group. */
async function filtered(run: string, { from, json: _, ...filter }: Flags): Promise<FoundRollouts[]> {
  const { groupAdvantages } = await import("@cachalot/rollouts");
  return (await findRollouts(run, from)).map(({ rollouts, advantages, ...file }) => ({
    ...file,
    advantages: advantages ?? groupAdvantages(rollouts),
    rollouts: rollouts.filter((rollout) => isWanted(rollout, filter)),
  }));
}

function listCommand(): Command {
  return onRollouts(new Command("list").summary("list rollouts").argument(...RUN))
    .description("Lists rollouts: where they are, task, outcome, reward, turns and sampled tokens.")
    .option("--json", "one JSON object a line")
    .addHelpText("after", "\nExample:\n  cachalot rollouts list runs/sort-digits --min-reward 1 --json | jq -r .id")
    .action(async (run: string, flags: Flags) => {
      let [shown, all] = [0, 0];
      for (const { from, step, rollouts } of await filtered(run, flags)) {
        for (const rollout of rollouts) {
          const { id, task, outcome, reward, rewards, turns, toolCalls, error } = rollout;
          const tokens = sampledTokens(rollout);
          shown++;
          if (flags.json) {
            out.json(defined({ from, step, id, ...task, outcome, reward, rewards, turns, toolCalls, tokens, error }));
            continue;
          }
          const color = outcome === "solved" ? green : outcome === "failed" ? dim : yellow;
          const score = reward === null ? "unjudged" : reward.toFixed(3);
          out.print(
            text`${dim(from)}  ${bold(id)}  ${task.taskset} ${dim(`level ${task.level}, ${task.mode}`)}  ${color(outcome)} ${score}  ${dim(`${turns} turns, ${tokens} tokens`)}\n`,
          );
        }
        all++;
      }
      if (shown === 0) err.print(`No rollout of ${all} files fits; leave filters out\n`);
    });
}

function showCommand(): Command {
  return new Command("show")
    .summary("show a rollout, or two side by side")
    .description("Shows what a policy read, thought, called and said, and what that earned.")
    .argument(...RUN)
    .argument("<id>", "of the rollout; cachalot rollouts list tells them")
    .argument("[other]", "another one, beside it")
    .option("--from <name>", "of files whose STAGE/NAME has this in it")
    .option("--json", "messages and rewards as JSON, a rollout a line")
    .addHelpText("after", "\nExample:\n  cachalot rollouts show runs/sort-digits 40-0-3-0 40-0-3-1")
    .action(async (run: string, id: string, other: string | undefined, { from, json }: Flags) => {
      const all = (await findRollouts(run, from)).flatMap(({ rollouts }) => rollouts);
      const chosen = [id, ...(other === undefined ? [] : [other])].map((wanted) => {
        const rollout = all.find((one) => one.id === wanted);
        if (rollout) return rollout;
        throw new CliError(
          "invalid_input",
          `There is no rollout ${wanted} in ${run}; cachalot rollouts list ${run} tells them`,
        );
      });
      if (json) {
        for (const { sequences: _, ...rollout } of chosen) out.json(rollout);
        return;
      }
      const [left, right] = chosen.map(linesOf) as [string[], string[] | undefined];
      const width = Math.max(20, Math.floor(((process.stdout.columns ?? 160) - 3) / 2));
      for (const line of right ? sideBySide(left, right, width) : left) out.print(`${line}\n`);
    });
}

interface ExportFlags extends Flags {
  to: string;
  out: string;
}

function exportCommand(): Command {
  return onRollouts(new Command("export").summary("write rollouts for another trainer").argument(...RUN))
    .description(
      "Writes rollouts in the columns another trainer reads: JSON lines, or Parquet for verl's prompts. Those that could not " +
        "be judged are left out.",
    )
    .addOption(new Option("--to <name>", "whose columns").choices(EXPORTS).makeOptionMandatory())
    .requiredOption("-o, --out <file>", "where they go")
    .option("--json", "what was written, as JSON")
    .addHelpText(
      "after",
      "\nExample:\n  cachalot rollouts export runs/sort-digits --to verl-prompts --out prompts.parquet",
    )
    .action(async (run: string, { to, out: file, ...flags }: ExportFlags) => {
      const { exportRollouts } = await import("@cachalot/rollouts");
      const rows = await exportRollouts(file, to, await filtered(run, flags));
      if (flags.json) out.json({ file, to, rows });
      else err.print(`${rows} rows in ${file}\n`);
    });
}
