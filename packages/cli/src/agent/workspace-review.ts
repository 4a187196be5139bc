/** The end of a run on a folder: the diff is shown, and applied when the user says so. */

import { applyWorkspace, type RunSpec, type WorkspacePlan, workspaceDiff } from "@cachalot/agent";
import { err, out } from "../terminal/output.js";
import { bold, cyan, dim, green, red, StyledText, type Text, yellow } from "../terminal/styled-text.js";
import type { AgentPlan } from "./agent-flags.js";
import { ask, canAsk } from "./ask.js";

/** Lines of a diff that are shown before the question. */
const DIFF_LINES = 400;

export const workspaceOf = (spec: Pick<RunSpec, "agent"> | undefined): WorkspacePlan | undefined =>
  (spec?.agent as AgentPlan | undefined)?.workspace;

/** A patch with colours, as git shows it. */
function colouredDiff(patch: string): StyledText {
  const lines = patch.split("\n").map((line, i, all): Text => {
    const end = i === all.length - 1 ? "" : "\n";
    if (/^(diff |---|\+\+\+|new file|deleted file|old mode|new mode|Binary)/.test(line)) return bold(line, end);
    if (line.startsWith("@@")) return cyan(line, end);
    if (line.startsWith("+")) return green(line, end);
    if (line.startsWith("-")) return red(line, end);
    return `${line}${end}`;
  });
  return new StyledText(lines);
}

/** On a terminal in colour; elsewhere every byte as `git apply` wants it. */
export function printDiff(patch: string): void {
  if (out.isTerminal) out.print(colouredDiff(patch));
  else out.data(patch);
}

const filesText = (count: number): string => `${count} file${count === 1 ? "" : "s"}`;

export interface ReviewOptions {
  dir: string;
  runId: string;
  plan: WorkspacePlan;
  /** Whether the run ended with an answer. */
  answered: boolean;
  /** Apply without a question: the user said so with --apply. */
  apply: boolean;
}

/**
 * Shows what a run changed, and applies it if the user approves.
 * @throws AgentError `conflict` when the user's files were changed meanwhile
 */
export async function reviewWorkspace({ dir, runId, plan, answered, apply }: ReviewOptions): Promise<void> {
  const { changes, patch } = await workspaceDiff(dir, runId, plan);
  const files = filesText(changes.filter(({ before, after }) => (after ?? before)?.type !== "directory").length);
  if (changes.length === 0) return err.print(dim(`Nothing in ${plan.directory} would change.\n`));
  const lines = patch.split("\n");
  const shown = lines.slice(0, DIFF_LINES).join("\n");
  err.print(
    "\n",
    colouredDiff(shown),
    lines.length > DIFF_LINES ? dim(`\n… ${lines.length - DIFF_LINES} more lines\n`) : "",
  );
  const later = `cachalot show ${runId} --diff shows it, cachalot apply ${runId} applies it.\n`;
  if (apply && !answered) err.print(yellow(`The run did not end with an answer, so nothing is applied: ${later}`));
  else if (!apply && !canAsk()) err.print(yellow(`${files} would change in ${plan.directory}: ${later}`));
  else if (apply || (await approved(`Apply these changes (${files}) to ${plan.directory}?`, later))) {
    const applied = await applyWorkspace(dir, runId, plan);
    err.print(green(`Applied to ${plan.directory}: ${applied.join(", ")}\n`));
  } else err.print(dim(`Nothing was applied. ${later}`));
}

/** The run is over: Ctrl+C at the question leaves everything as it is. */
async function approved(question: string, later: string): Promise<boolean> {
  const leave = () => {
    err.print(dim(`\nNothing was applied. ${later}`));
    process.exit(130);
  };
  return /^y(es)?$/i.test(await ask(question, leave, "[y/N]"));
}
