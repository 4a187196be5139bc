import type { AgentEvent, RunOutcome } from "@cachalot/agent";
import { createScreen } from "../screen.js";
import { formatCount } from "../table.js";
import { err } from "../terminal/output.js";
import { dim, type Text, text, yellow } from "../terminal/styled-text.js";

export interface AgentScreen {
  show(event: AgentEvent): void;
  /** Whether an answer was shown. */
  readonly answered: boolean;
}

/** Lines of a result that are shown, and characters of each. */
const RESULT_LINES = 12;
const LINE_CHARACTERS = 400;

const percent = (part: number, whole: number): string => `${whole === 0 ? 0 : Math.round((100 * part) / whole)} %`;

/** A result as it is, or the beginnings of its first lines, with what was left out. */
function clipped(content: string): string {
  const lines = content.split("\n");
  const shown = lines.slice(0, lines.length <= RESULT_LINES + 1 ? lines.length : RESULT_LINES).map((line) => {
    const rest = line.length - LINE_CHARACTERS;
    return rest > 0 ? `${line.slice(0, LINE_CHARACTERS)} … ${rest} more characters` : line;
  });
  if (shown.length < lines.length) shown.push(`… ${lines.length - shown.length} more lines`);
  return shown.join("\n");
}

/** What a strategy did, in a line. */
export function describeEdit(edit: AgentEvent & { type: "context" }): string {
  const { strategy, before, after, removedCalls } = edit;
  const calls = `${removedCalls.length} call${removedCalls.length === 1 ? "" : "s"}`;
  return `${strategy}: ${formatCount(before)} → ${formatCount(after)} tokens, ${calls} removed`;
}

/**
 * Shows a run while it is at work, on standard error: thinking, calls, results, what the context lost. The answer goes to
 * standard output.
 */
export function createAgentScreen(): AgentScreen {
  const screen = createScreen({ reasoning: err, answer: err });
  let before = 0;
  let answered = false;
  return {
    get answered() {
      return answered;
    },
    show(event) {
      answered ||= event.type === "content";
      switch (event.type) {
        case "prompt": {
          const { step, promptTokens, estimated, reusedTokens, diverges, purpose } = event;
          screen.end();
          const seen = reusedTokens > 0 ? `, ${percent(reusedTokens, promptTokens)} seen before` : "";
          const where = diverges ? `, new from message ${diverges.index} (${diverges.role})` : "";
          const title = purpose === "step" ? `step ${step + 1}` : purpose;
          err.print(
            dim(`── ${title} · ${estimated ? "about " : ""}${formatCount(promptTokens)} tokens${seen}${where}\n`),
          );
          break;
        }
        case "context":
          screen.end();
          err.print(yellow(`context   ${describeEdit(event)}\n`));
          break;
        case "message":
          if (!event.replayed) break;
          before++;
          err.print(dim(`          (${before === 1 ? "this was done before" : "and this"})\n`));
          break;
        case "tool-result":
          if (!event.replayed) screen.show({ ...event, content: clipped(event.content) });
          break;
        case "output-rejected":
          err.print(yellow(`answer does not fit: ${event.problems.join("; ")}\n`));
          break;
        case "end":
          screen.end();
          break;
        default:
          screen.show(event);
      }
    },
  };
}

/** One line for each thing that happens, for trajectories side by side. */
export function createTrajectoriesScreen(): { show(runId: string, event: AgentEvent): void } {
  return {
    show(runId, event) {
      const line = (told: Text) => err.print(text`${dim(`[${runId.split(".").at(-1)}]`)} ${told}\n`);
      if (event.type === "message") {
        const calls = (event.message.tool_calls ?? []).map(({ function: { name } }) => name).join(", ");
        line(`step ${event.step + 1} · ${calls || "answer"}`);
      } else if (event.type === "context") line(yellow(describeEdit(event)));
      else if (event.type === "end") line(`${event.result.stopReason} after ${event.result.steps} steps`);
    },
  };
}

/** The line under a run that ended. */
export function describeOutcome(outcome: Omit<RunOutcome, "stopReason">): string {
  const { stopped, explanation, steps, usage, durationMs } = outcome;
  const { promptTokens, cachedTokens, completionTokens } = usage;
  const cached = cachedTokens > 0 ? ` (${percent(cachedTokens, promptTokens)} cached)` : "";
  return (
    `${explanation === undefined ? stopped : `${stopped}: ${explanation}`} · ${steps} step${steps === 1 ? "" : "s"} · ${formatCount(promptTokens)} tokens read${cached}, ` +
    `${formatCount(completionTokens)} written · ${(durationMs / 1000).toFixed(1)} s`
  );
}
