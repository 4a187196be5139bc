/** A program that stays in the sandbox and keeps its state: it takes messages and answers each with one. */

import { type BoundedOutput, createBoundedOutput } from "./bounded-output.js";
import type { GuestProcess } from "./connection.js";
import type { CommandEnd } from "./run-command.js";
import type { Sandbox } from "./sandbox.js";

export interface Exchange {
  /** undefined when the program ended instead of answering. */
  reply: string | undefined;
  /** What was written to stdout and stderr, in the order of writing, since the last exchange. */
  output: string;
  /** `exit` with a reply: all went well. Otherwise why the program was stopped, or that it stopped itself. */
  ended: CommandEnd;
  notices: string[];
}

export interface ExchangeOptions {
  /** Wall-clock time in milliseconds. Default: the sandbox's `timeoutMs`. */
  timeoutMs?: number | undefined;
  /** Aborting interrupts the program. */
  signal?: AbortSignal | undefined;
}

export interface Interpreter {
  /** Exchanges wait for one another. @throws SandboxError `sandbox_closed`, `sandbox_unavailable` */
  exchange(message: string, options?: ExchangeOptions): Promise<Exchange>;
  /** Kills the program; the next exchange starts another. */
  restart(): Promise<void>;
}

export interface InterpreterOptions {
  argv: readonly string[];
  /** What ends a message and an answer: one byte. */
  terminator: string;
  /** What a person calls it, for notices: "shell". */
  name: string;
}

/** How long an interrupted program may take to give in before it is killed, and a killed one to end. */
const GRACE_MS = 1000;

interface Running {
  process: GuestProcess;
  output: BoundedOutput;
  answers: string;
  /** Called when there is something new. */
  wake(): void;
}

export function createInterpreter(sandbox: Sandbox, { argv, terminator, name }: InterpreterOptions): Interpreter {
  const { limits } = sandbox;
  const LOST = `a new ${name} starts with the next call: its variables are gone, files in /work remain.`;
  let running: Running | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  async function start(): Promise<Running> {
    const connection = await sandbox.connection();
    const process = connection.start(argv, {
      control: true,
      output(stream, data) {
        if (stream === "control") state.answers += data.toString();
        else state.output.push(data);
        state.wake();
      },
    });
    const state: Running = { process, output: createBoundedOutput(limits.outputBytes), answers: "", wake: () => {} };
    return state;
  }

  async function exchange(
    message: string,
    { timeoutMs = limits.timeoutMs, signal }: ExchangeOptions,
  ): Promise<Exchange> {
    running ??= await start();
    const state = running;
    const notices: string[] = [];
    let cut: CommandEnd | undefined;
    let timer: NodeJS.Timeout | undefined;
    const answered = new Promise<"answer">((resolve) => {
      state.wake = () => {
        if (state.answers.includes(terminator)) resolve("answer");
        if (state.output.bytes > limits.outputKillBytes) stop("output");
      };
    });
    const stop = (why: CommandEnd) => {
      if (cut !== undefined) return;
      cut = why;
      state.process.signal("SIGINT");
      clearTimeout(timer);
      timer = setTimeout(kill, GRACE_MS);
    };
    const kill = async () => {
      state.process.signal("SIGKILL");
      const connection = await sandbox.connection();
      timer = setTimeout(() => void connection.destroy(`the ${name} could not be killed otherwise`), GRACE_MS);
    };
    const abort = () => stop("aborted");
    timer = setTimeout(() => stop("timeout"), timeoutMs);
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted) abort();
    state.process.write("control-in", message + terminator);

    const outcome = await Promise.race([answered, state.process.outcome]);
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
    state.wake = () => {};
    if (cut === "timeout") notices.push(`Interrupted at the time limit of ${timeoutMs / 1000} s.`);
    if (cut === "output") notices.push(`Interrupted for writing more than ${limits.outputKillBytes} bytes.`);
    const output = state.output.text();
    if (outcome === "answer") {
      const end = state.answers.indexOf(terminator);
      const reply = state.answers.slice(0, end);
      state.answers = state.answers.slice(end + 1);
      state.output = createBoundedOutput(limits.outputBytes);
      return { reply, output, ended: cut ?? "exit", notices };
    }
    running = undefined;
    if (outcome.type === "failed") notices.push(outcome.message);
    else if (outcome.type === "lost")
      notices.push(
        sandbox.restoresWorkspace
          ? "The sandbox ended and a new one starts with the next call, with /work as it was last saved."
          : "The sandbox ended and a new, empty one starts with the next call: files are gone too.",
      );
    else if (cut !== undefined) notices.push(`It did not stop when interrupted and was killed; ${LOST}`);
    else notices.push(`The ${name} ended with code ${outcome.code}; ${LOST}`);
    return { reply: undefined, output, ended: cut ?? outcome.type, notices };
  }

  const inTurn = <T>(action: () => Promise<T>): Promise<T> => {
    const result = queue.then(action);
    queue = result.catch(() => {});
    return result;
  };

  return {
    exchange: (message, options = {}) => inTurn(() => exchange(message, options)),
    restart: () =>
      inTurn(async () => {
        running?.process.signal("SIGKILL");
        await running?.process.outcome;
        running = undefined;
      }),
  };
}
