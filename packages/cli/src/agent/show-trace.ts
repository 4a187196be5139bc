import type { Trace, TraceRecord } from "@cachalot/agent";
import { formatCount } from "../table.js";
import { bold, cyan, dim, green, red, StyledText, type Text, text, yellow } from "../terminal/styled-text.js";
import { describeEdit, describeOutcome } from "./agent-screen.js";

/** A label, with the lines of a text beside it. */
function block(label: Text, content: string, style: (text: string) => Text = (text) => text): StyledText {
  const lines = content.split("\n").map((line, i) => text`${i === 0 ? label : " ".repeat(10)}${style(line)}\n`);
  return new StyledText(lines);
}

function transcriptOf(record: TraceRecord): Text {
  switch (record.type) {
    case "model": {
      const { step, purpose, durationMs, message, usage } = record;
      const title = purpose === "step" ? `step ${step + 1}` : purpose;
      const { reasoning_content: reasoning, content, tool_calls: calls = [] } = message;
      return new StyledText([
        dim(`── ${title} · ${formatCount(usage.completionTokens)} tokens in ${(durationMs / 1000).toFixed(1)} s\n`),
        reasoning ? block("thinking  ", reasoning, dim) : "",
        content ? block(green("says      "), content) : "",
        ...calls.map(({ function: { name, arguments: args } }) => block(cyan("call      "), `${name} ${args}`)),
      ]);
    }
    case "tool":
      return block((record.isError ? red : cyan)("result    "), record.content);
    case "context":
      return block(yellow("context   "), describeEdit({ ...record, type: "context" }));
    case "output-rejected":
      return block(yellow("rejected  "), record.problems.join("\n"));
    case "error":
      return block(red("error     "), record.message);
    case "end": {
      const { type: _, ...outcome } = record;
      return `\n${describeOutcome(outcome)}\n`;
    }
    default:
      return "";
  }
}

/** A run as text: what was thought, called, found and answered. */
export function showTranscript({ run, records }: Trace): StyledText {
  const given = run.messages.map(({ role, content }) => block(bold(role.padEnd(10)), content ?? ""));
  return new StyledText([text`${bold(run.runId)} · ${run.model}\n\n`, ...given, "\n", ...records.map(transcriptOf)]);
}

/** What each prompt had in common with what the model had seen, and what the host's cache made of it. */
export function showContextReport({ records }: Trace): StyledText {
  const rows: (string[] | string)[] = [["step", "prompt", "seen before", "cached", "written", "new from"]];
  for (const record of records) {
    if (record.type === "prompt") {
      const { step, purpose, promptTokens, reusedTokens, diverges } = record;
      const from = diverges ? `message ${diverges.index} (${diverges.role})` : "";
      rows.push([purpose === "step" ? `${step + 1}` : purpose, `${promptTokens}`, `${reusedTokens}`, "", "", from]);
    } else if (record.type === "model") {
      const row = rows.at(-1);
      if (!Array.isArray(row)) continue;
      row[3] = `${record.usage.cachedTokens}`;
      row[4] = `${record.usage.completionTokens}`;
    } else if (record.type === "context") {
      rows.push(describeEdit({ ...record, type: "context" }));
    }
  }
  const cells = rows.filter((row) => Array.isArray(row));
  const widths = cells[0]!.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  return new StyledText(
    rows.map((row) =>
      Array.isArray(row) ? `${row.map((cell, i) => cell.padStart(widths[i]!)).join("  ")}\n` : text`  ${yellow(row)}\n`,
    ),
  );
}
