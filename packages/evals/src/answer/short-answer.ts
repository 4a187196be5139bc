/** Exact match of short answers, as HotpotQA normalises them: case, punctuation and articles do not count. */

import { mathVerdict } from "@cachalot/environments";

/** Longer messages without the line that was asked for are not taken as an answer. In characters. */
const LONGEST_BARE = 200;

/** What stands behind the last `Exact Answer:`, or a message of one line. */
export function shortAnswer(text: string): string | undefined {
  const named = [...text.matchAll(/exact answer\s*(?:\*\*)?\s*:\s*(?:\*\*)?\s*([^\n]+)/gi)].at(-1)?.[1];
  if (named !== undefined) return named.replace(/\*\*/g, "").trim();
  const bare = text.trim();
  return bare !== "" && !bare.includes("\n") && bare.length <= LONGEST_BARE ? bare : undefined;
}

const normalised = (text: string): string =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s]/gu, "")
    .replace(/\b(a|an|the)\b/g, " ")
    .replace(/\s+/g, " ")
    .trim();

/** `close`: one has the other among further words, which no rule decides. */
export function sameShortAnswer(gold: string, answer: string): "same" | "other" | "close" {
  const [a, b] = [normalised(gold), normalised(answer)];
  if (a === b && a !== "") return "same";
  if (/\d/.test(gold) && mathVerdict(gold, answer).verdict === "equal") return "same";
  const within = (long: string, short: string) => short !== "" && ` ${long} `.includes(` ${short} `);
  return within(a, b) || within(b, a) ? "close" : "other";
}
