/** Demonstrations of search tasks: the way that the agent which proved them answerable would have gone without detours. */

import type { AssistantMessage, ThinkingMode } from "@cachalot/chat";
import type { Style } from "@cachalot/environments";
import type { SearchCall } from "../search-tools.js";
import type { SearchRecord } from "./search-record.js";

/** Terse: names what is done; stepwise: and why; checked: goes through the claims and their quotes before the answer. */
export function demonstrateSearch(
  { path, proof, answer }: SearchRecord,
  mode: ThinkingMode,
  style: Style,
): AssistantMessage[] {
  const calls = path.map((call, i) => ({
    ...said(mode, style === "terse" ? call.tool : reasonFor(call, i === path.length - 1), ""),
    tool_calls: [
      { type: "function" as const, function: { name: call.tool, arguments: JSON.stringify(call.arguments) } },
    ],
  }));
  const checks = proof.map(
    ({ claim, evidence }) => `It ${claim}: ${evidence.map(({ page, quote }) => `[${page}] ${quote}`).join(" / ")}`,
  );
  const last = `[${answer}] meets every claim.`;
  const reasoning = style === "terse" ? answer : style === "stepwise" ? last : [...checks, last].join("\n");
  return [...calls, said(mode, reasoning, answer)];
}

function reasonFor(call: SearchCall, isLast: boolean): string {
  if ("query" in call.arguments) return `Pages with these words may be it, or lead to it: ${call.arguments.query}`;
  return isLast
    ? `[${call.arguments.id}] may be the answer; read it`
    : `[${call.arguments.id}] fits a part of the question; read it`;
}

const said = (mode: ThinkingMode, reasoning: string, content: string): AssistantMessage => ({
  ...{ role: "assistant", content },
  ...(mode === "thinking" ? { reasoning_content: reasoning } : {}),
});
