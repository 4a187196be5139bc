/** Prompts longer than the indexer selects, in both languages: a log in which one entry is asked for at the end. */
import type { Language } from "../../shell/settings.js";

const ENTRIES = { en: 58, zh: 66 };
const NAMES = {
  en: ["Nera", "Tiko", "Salo", "Brim", "Oona", "Wick"],
  zh: ["娜拉", "提科", "萨罗", "布林", "乌娜", "维克"],
};
const SEAS = { en: ["calm", "rough", "grey", "bright"], zh: ["平静", "汹涌", "灰暗", "明亮"] };
const ASKED = 17;

const pick = <T>(list: readonly T[], i: number): T => list[i % list.length]!;
const depth = (day: number) => 200 + ((day * 137) % 900);

export function example(language: Language): string {
  const days = Array.from({ length: ENTRIES[language] }, (_, i) => i + 1);
  if (language === "zh")
    return `观鲸日志。\n${days
      .map((day) => `第${day}天：海面${pick(SEAS.zh, day * 5)}，鲸鱼${pick(NAMES.zh, day * 7)}下潜到${depth(day)}米。`)
      .join("\n")}\n问题：第${ASKED}天，鲸鱼下潜到多少米？\n回答：第${ASKED}天，鲸鱼${pick(NAMES.zh, ASKED * 7)}下潜到`;
  return `The log of a whale watcher.\n${days
    .map(
      (day) =>
        `Day ${day}: the sea was ${pick(SEAS.en, day * 5)}, and the whale ${pick(NAMES.en, day * 7)} dived to ${depth(day)} metres.`,
    )
    .join(
      "\n",
    )}\nQuestion: how deep did the whale dive on day ${ASKED}?\nAnswer: on day ${ASKED}, the whale ${pick(NAMES.en, ASKED * 7)} dived to`;
}
