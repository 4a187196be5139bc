import type { Rollout } from "@cachalot/chat";

/** A conversation as lines of text: who, then what. */
export function linesOf({ messages, outcome, reward, rewards }: Rollout): string[] {
  const parts = Object.entries(rewards).map(([name, value]) => `${name} ${value ?? "unjudged"}`);
  const lines = [`${outcome}, reward ${reward ?? "unjudged"}${parts.length > 0 ? ` (${parts.join(", ")})` : ""}`];
  for (const message of messages) {
    lines.push("", `[${message.role}]`);
    if (message.role === "assistant" && message.reasoning_content) {
      lines.push(...message.reasoning_content.split("\n").map((line) => `| ${line}`));
    }
    if (message.content) lines.push(...message.content.split("\n"));
    const calls = message.role === "assistant" ? (message.tool_calls ?? []) : [];
    for (const call of calls) lines.push(`-> ${call.function.name} ${call.function.arguments}`);
  }
  return lines;
}

/** Two columns of a width each, long lines wrapped. */
export function sideBySide(left: readonly string[], right: readonly string[], width: number): string[] {
  const wrapped = (lines: readonly string[]) =>
    lines.flatMap((line) => (line === "" ? [""] : (line.match(new RegExp(`.{1,${width}}`, "gsu")) ?? [""])));
  const [a, b] = [wrapped(left), wrapped(right)];
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) =>
    `${(a[i] ?? "").padEnd(width)} | ${b[i] ?? ""}`.trimEnd(),
  );
}
