import { answerText, type FinishedRollout, type Reward } from "../reward.js";

/** Scripts of writing, those of one language together. */
const SCRIPTS: readonly (readonly [name: string, letters: RegExp])[] = [
  ["Latin", /\p{Script=Latin}/u],
  ["Cyrillic", /\p{Script=Cyrillic}/u],
  ["Greek", /\p{Script=Greek}/u],
  ["Arabic", /\p{Script=Arabic}/u],
  ["Hebrew", /\p{Script=Hebrew}/u],
  ["Devanagari", /\p{Script=Devanagari}/u],
  ["Thai", /\p{Script=Thai}/u],
  ["Hangul", /\p{Script=Hangul}/u],
  ["Kana", /\p{Script=Hiragana}|\p{Script=Katakana}/u],
  ["Han", /\p{Script=Han}/u],
];

/** The share of a prompt's letters from which on a script is one of its own. */
const OWN = 0.2;

/**
 * How much of what was thought and said is in the script of the prompt, the lower of both: the share of letters. Han belongs to
 * Japanese where the prompt has kana. Digits and signs have no script; a text without letters is consistent.
 */
export function languageConsistency(weight = 0): Reward {
  return {
    name: "language",
    weight,
    score(rollout) {
      const own = scriptsOf(promptOf(rollout));
      return Math.min(consistency(rollout.answer?.reasoning_content ?? "", own), consistency(answerText(rollout), own));
    },
  };
}

function promptOf({ task }: FinishedRollout<unknown>): string {
  return task.messages.map(({ content }) => content ?? "").join("\n");
}

/** Letters by script; "other" where the table has none for them. */
function countScripts(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [letter] of text.matchAll(/\p{L}/gu)) {
    const name = SCRIPTS.find(([, letters]) => letters.test(letter))?.[0] ?? "other";
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function scriptsOf(prompt: string): ReadonlySet<string> {
  const counts = countScripts(prompt);
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const own = new Set([...counts].filter(([, count]) => count >= OWN * all).map(([name]) => name));
  return own.has("Kana") ? own.add("Han") : own;
}

function consistency(text: string, own: ReadonlySet<string>): number {
  const counts = [...countScripts(text)];
  const all = counts.reduce((sum, [, count]) => sum + count, 0);
  if (all === 0 || own.size === 0) return 1;
  return counts.reduce((sum, [name, count]) => sum + (own.has(name) ? count : 0), 0) / all;
}
