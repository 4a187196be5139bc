/** The answer behind the thinking: what a host delivers of the reasoning inside the content is no answer. */

const END = "</think>";

/** @returns undefined where the thinking did not end */
export function behindThinking(content: string): string | undefined {
  const end = content.lastIndexOf(END);
  if (end >= 0) return content.slice(end + END.length).trim();
  return /^\s*<think>/.test(content) ? undefined : content.trim();
}
