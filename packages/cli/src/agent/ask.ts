import { createInterface } from "node:readline";
import type { Approval, Approve } from "@cachalot/agent";
import { err } from "../terminal/output.js";
import { bold } from "../terminal/styled-text.js";

/** Whether there is somebody to ask. */
export const canAsk = (): boolean => process.stdin.isTTY === true;

/**
 * Asks at the terminal before each call, one question at a time, with all of the call's arguments.
 * @param leave called for Ctrl+C and Ctrl+D at a question: it must end the process
 */
export function createAsker(leave: () => void): Approve {
  let asked: Promise<unknown> = Promise.resolve();
  return ({ call }) => {
    const { name, arguments: args } = call.function;
    const answer = asked.then(() => ask(`run ${name} ${args}?`, leave));
    asked = answer;
    return answer.then(approvalOf);
  };
}

function approvalOf(answer: string): Approval {
  if (/^(y|yes)$/i.test(answer)) return { approved: true };
  return { approved: false, reason: answer === "" || /^(n|no)$/i.test(answer) ? "the user said no" : answer };
}

/** Asks a question of the person at the terminal. Its own lines come first: the prompt's line is drawn over and over. */
export function ask(question: string, leave: () => void, choices = "[y, or why not]"): Promise<string> {
  err.print(bold(question), "\n");
  return new Promise((resolve) => {
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    let answered = false;
    // While readline owns the terminal, Ctrl+C is no signal: it is told here.
    terminal.on("SIGINT", () => terminal.close());
    terminal.on("close", () => answered || leave());
    terminal.question(`${choices} `, (answer) => {
      answered = true;
      terminal.close();
      resolve(answer.trim());
    });
  });
}
