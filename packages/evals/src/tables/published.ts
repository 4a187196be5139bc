/** Published figures, to stand beside measured ones. Source of all: the DeepSeek-V3.2 report. Percent unless a name says otherwise. */

import type { Contest, Medal } from "../contests/medal.js";

export const SOURCE = "DeepSeek-V3.2 report";

export interface PublishedTable {
  name: string;
  title: string;
  /** Models, the first column apart. */
  columns: readonly string[];
  rows: readonly (readonly [name: string, ...values: (number | null)[]])[];
}

export const PUBLISHED_TABLES: readonly PublishedTable[] = [
  {
    name: "reasoning",
    title: "Reasoning, percent",
    columns: ["GPT-5 High", "Gemini-3.0 Pro", "Kimi-K2 Thinking", "V3.2 Thinking", "V3.2 Speciale"],
    rows: [
      ["AIME 2025", 94.6, 95.0, 94.5, 93.1, 96.0],
      ["HMMT Feb 2025", 88.3, 97.5, 89.4, 92.5, 99.2],
      ["HMMT Nov 2025", 89.2, 93.3, 89.2, 90.2, 94.4],
      ["LiveCodeBench", 84.5, 90.7, 82.6, 83.3, 88.7],
      ["GPQA Diamond", 85.7, 91.9, 84.5, 82.4, 85.7],
    ],
  },
  {
    name: "agents",
    title: "Agents, percent",
    columns: ["V3.2 Thinking"],
    rows: [
      ["Terminal-Bench 2.0", 46.4],
      ["SWE Verified", 73.1],
      ["SWE Multilingual", 70.2],
      ["tau2-bench", 80.3],
      ["MCP-Universe", 45.9],
      ["BrowseComp", 51.4],
      ["BrowseComp, Discard-all", 67.6],
    ],
  },
  {
    name: "tokens",
    title: "Token efficiency: percent, and thousands of output tokens",
    columns: ["AIME 2025", "k tokens", "HMMT Feb 2025", "k tokens"],
    rows: [
      ["GPT-5 High", 94.6, 13, 88.3, 16],
      ["Gemini-3.0 Pro", 95.0, 15, 97.5, 16],
      ["V3.2 Thinking", 93.1, 16, 92.5, 19],
      ["V3.2 Speciale", 96.0, 23, 99.2, 27],
    ],
  },
];

export interface PublishedContest {
  contest: Contest;
  entrant: string;
  marks: readonly number[];
  published: { total: number; most: number; medal: Medal };
}

/** Of cut-offs only the IMO's are recorded here. */
export const PUBLISHED_CONTESTS: readonly PublishedContest[] = [
  {
    contest: { name: "IMO 2025", most: 7, problems: 6, cutoffs: { gold: 35, silver: 28, bronze: 19 } },
    entrant: "V3.2 Speciale",
    marks: [7, 7, 7, 7, 7, 0],
    published: { total: 35, most: 42, medal: "gold" },
  },
  {
    contest: { name: "CMO 2025", most: 21, problems: 6 },
    entrant: "V3.2 Speciale",
    marks: [18, 18, 9, 21, 18, 18],
    published: { total: 102, most: 126, medal: "gold" },
  },
  {
    contest: { name: "IOI 2025", most: 100, problems: 6 },
    entrant: "V3.2 Speciale",
    marks: [100, 82, 72, 100, 55, 83],
    published: { total: 492, most: 600, medal: "gold" },
  },
];
