import type { Trace, TraceRecord } from "@cachalot/agent";
import pc from "picocolors";
import { formatCount } from "../table.js";
import { describeEdit, describeOutcome } from "./agent-screen.js";

/** A label, with the lines of a text beside it. */
function block(label: string, text: string, style: (text: string) => string = (text) => text): string {
  const lines = text.split("\n").map((line, i) => `${i === 0 ? label.padEnd(10) : " ".repeat(10)}${style(line)}\n`);
  return lines.join("");
}

function transcriptOf(record: TraceRecord): string {
  switch (record.type) {
    case "model": {
      const { step, purpose, durationMs, message, usage } = record;
      const title = purpose === "step" ? `step ${step + 1}` : purpose;
      const { reasoning_content: reasoning, content, tool_calls: calls = [] } = message;
      return [
        pc.dim(`── ${title} · ${formatCount(usage.completionTokens)} tokens in ${(durationMs / 1000).toFixed(1)} s\n`),
        reasoning ? block("thinking", reasoning, pc.dim) : "",
        content ? block(pc.green("says".padEnd(10)), content) : "",
        ...calls.map(({ function: { name, arguments: args } }) => block(pc.cyan("call".padEnd(10)), `${name} ${args}`)),
      ].join("");
    }
    case "tool":
      return block((record.isError ? pc.red : pc.cyan)("result".padEnd(10)), record.content);
    case "context":
      return block(pc.yellow("context".padEnd(10)), describeEdit({ ...record, type: "context" }));
    case "output-rejected":
      return block(pc.yellow("rejected".padEnd(10)), record.problems.join("\n"));
    case "error":
      return block(pc.red("error".padEnd(10)), record.message);
    case "end": {
      const { type: _, ...outcome } = record;
      return `\n${describeOutcome(outcome)}\n`;
    }
    default:
      return "";
  }
}

/** A run as text: what was thought, called, found and answered. */
export function showTranscript({ run, records }: Trace): string {
  const given = run.messages.map(({ role, content }) => block(pc.bold(role.padEnd(10)), content ?? ""));
  return [`${pc.bold(run.runId)} · ${run.model}\n\n`, ...given, "\n", ...records.map(transcriptOf)].join("");
}

/** What each prompt had in common with what the model had seen, and what the host's cache made of it. */
export function showContextReport({ records }: Trace): string {
  const rows = [["step", "prompt", "seen before", "cached", "written", "new from"]];
  for (const record of records) {
    if (record.type === "prompt") {
      const { step, purpose, promptTokens, reusedTokens, diverges } = record;
      const from = diverges ? `message ${diverges.index} (${diverges.role})` : "";
      rows.push([purpose === "step" ? `${step + 1}` : purpose, `${promptTokens}`, `${reusedTokens}`, "", "", from]);
    } else if (record.type === "model") {
      const row = rows.at(-1)!;
      row[3] = `${record.usage.cachedTokens}`;
      row[4] = `${record.usage.completionTokens}`;
    } else if (record.type === "context") {
      rows.push([pc.yellow(describeEdit({ ...record, type: "context" }))]);
    }
  }
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => (row.length > 1 ? row[i]!.length : 0))));
  return rows
    .map((row) => `${row.length > 1 ? row.map((cell, i) => cell.padStart(widths[i]!)).join("  ") : `  ${row[0]}`}\n`)
    .join("");
}
