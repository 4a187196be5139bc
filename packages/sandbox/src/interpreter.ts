/** A persistent interpreter: a program that stays in the sandbox and keeps its state, and takes one message at a time. */

import { type BoundedOutput, createBoundedOutput } from "./bounded-output.js";
import type { Connection } from "./connection.js";
import type { CommandEnd, GuestProcess, Outcome } from "./guest-process.js";
import type { Sandbox } from "./sandbox.js";
import { createStopper } from "./stopper.js";

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
  /** Characters of output; the middle of more is left out. Default: bounded by the sandbox's `outputBytes` only. */
  outputCharacters?: number | undefined;
}

export interface Interpreter {
  /**
   * Exchanges wait for one another. A reply is the reply to this message, whatever the programs inside wrote where.
   *
   * @param message without zero characters
   * @throws SandboxError `sandbox_closed`, `sandbox_unavailable`
   */
  exchange(message: string, options?: ExchangeOptions): Promise<Exchange>;
  /** Kills the program; the next exchange starts another. */
  restart(): Promise<void>;
}

export interface InterpreterOptions {
  argv: readonly string[];
  /** What a person calls it, for notices: "shell". */
  name: string;
}

/** How long an interrupted program may take to give in before it is killed, and a killed one to end. */
const GRACE_MS = 1000;

export function createInterpreter(sandbox: Sandbox, { argv, name }: InterpreterOptions): Interpreter {
  let running: Running | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(action: () => Promise<T>): Promise<T> => {
    const result = queue.then(action);
    queue = result.catch(() => {});
    return result;
  };

  async function exchange(message: string, options: ExchangeOptions): Promise<Exchange> {
    const notices: string[] = [];
    for (;;) {
      if (running?.outcome !== undefined) notices.push(replacedNotice(sandbox, name, running.outcome));
      if (running === undefined || running.outcome !== undefined)
        running = new Running(sandbox, name, await sandbox.connection(), argv);
      const result = await running.exchange(message, options);
      // It ended just before the message came, which another can take.
      if (result === "unheard") continue;
      if (result.reply === undefined) running = undefined;
      return { ...result, notices: [...notices, ...result.notices] };
    }
  }

  return {
    exchange: (message, options = {}) => inTurn(() => exchange(message, options)),
    restart: () => inTurn(async () => running?.kill().then(() => (running = undefined))),
  };
}

/** One process of an interpreter. */
class Running {
  /** Once it has ended. */
  outcome: Outcome | undefined;
  readonly #process: GuestProcess;
  #output: BoundedOutput;
  #notices: string[] = [];
  #flooded: () => void = () => {};

  constructor(
    private readonly sandbox: Sandbox,
    private readonly name: string,
    private readonly connection: Connection,
    argv: readonly string[],
  ) {
    this.#output = createBoundedOutput(sandbox.limits.outputBytes);
    this.#process = connection.start(argv, {
      channel: true,
      output: (_, data, skipped) => this.#output.push(data, skipped),
      flood: () => this.#flooded(),
      notice: (about) => this.#notices.push(this.#noticeOf(about)),
    });
    void this.#process.outcome.then((outcome) => {
      this.outcome = outcome;
    });
  }

  async exchange(message: string, options: ExchangeOptions): Promise<Exchange | "unheard"> {
    const { timeoutMs = this.sandbox.limits.timeoutMs, signal, outputCharacters } = options;
    const stopper = createStopper({
      ...{ timeoutMs, signal, graceMs: GRACE_MS },
      steps: [
        () => this.#process.signal("SIGINT"),
        () => this.#process.signal("SIGKILL"),
        () => void this.connection.destroy(`the ${this.name} could not be killed otherwise`),
      ],
    });
    this.#flooded = () => stopper.stop("output");
    const ended = await Promise.race([this.#process.exchange(message), this.#process.outcome]);
    stopper.clear();
    this.#flooded = () => {};
    if (!Buffer.isBuffer(ended) && ended.type === "exit" && ended.unheard) return "unheard";
    const notices = [...this.#notices, ...this.#stopNotices(stopper.why, timeoutMs)];
    const output = this.#output.text(outputCharacters);
    this.#output = createBoundedOutput(this.sandbox.limits.outputBytes);
    this.#notices = [];
    if (Buffer.isBuffer(ended)) return { reply: ended.toString(), output, ended: stopper.why ?? "exit", notices };
    notices.push(this.#endNotice(ended, stopper.why !== undefined));
    return { reply: undefined, output, ended: stopper.why ?? ended.type, notices };
  }

  async kill(): Promise<void> {
    this.#process.signal("SIGKILL");
    await this.#process.outcome;
  }

  #noticeOf(about: "killed" | "broken"): string {
    if (about === "broken") return `Something wrote without an end where the ${this.name} replies, and it was killed.`;
    return `A program left running by an earlier call wrote more than ${this.#killBytes} bytes and was killed.`;
  }

  #stopNotices(why: CommandEnd | undefined, timeoutMs: number): string[] {
    if (why === "timeout") return [`Interrupted at the time limit of ${timeoutMs / 1000} s.`];
    if (why === "output") return [`Interrupted for writing more than ${this.#killBytes} bytes.`];
    return [];
  }

  #endNotice(outcome: Outcome, stopped: boolean): string {
    const lost = `a new ${this.name} starts with the next call: its variables are gone, files in /work remain.`;
    if (outcome.type === "failed") return outcome.message;
    if (outcome.type === "lost")
      return `The sandbox ended and a new${lostFiles(this.sandbox, " one starts with the next call")}`;
    if (stopped) return `It did not stop when interrupted and was killed; ${lost}`;
    return `The ${this.name} ended with code ${outcome.code}; ${lost}`;
  }

  get #killBytes(): number {
    return this.sandbox.limits.outputKillBytes;
  }
}

/** What became of the files of a sandbox that was lost; the end of "a new one …". */
const lostFiles = (sandbox: Sandbox, verb: string): string =>
  sandbox.restoresWorkspace ? `${verb}, with /work as it was last saved.` : `, empty${verb}: files are gone too.`;

/** Why a message goes to another process than the last. */
function replacedNotice(sandbox: Sandbox, name: string, outcome: Outcome): string {
  if (outcome.type === "lost") return `The sandbox had ended; this is a new${lostFiles(sandbox, " one")}`;
  return `The ${name} had ended; this is a new one: its variables are gone, files in /work remain.`;
}
