import { createInterface } from "node:readline/promises";
import type { Approve } from "@cachalot/agent";
import pc from "picocolors";

/** Asks at the terminal before each call. */
export const askAtTerminal: Approve = async ({ call }) => {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const { name, arguments: args } = call.function;
    const word = (await terminal.question(pc.bold(`\nrun ${name} ${args}? [y, or why not] `))).trim();
    if (/^(y|yes)$/i.test(word)) return { approved: true };
    return { approved: false, reason: word === "" || /^(n|no)$/i.test(word) ? "the user said no" : word };
  } finally {
    terminal.close();
  }
};
