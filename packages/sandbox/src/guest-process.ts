/** A process in the sandbox, as the host knows it: what it says, how it ends, and the exchanges of one that stays. */

import type { ProcessEvent } from "./protocol.js";

/**
 * How a process ended. `lost`: the whole sandbox ended with it. `unheard`: it had ended before the last message came.
 */
export type Outcome =
  | { type: "exit"; code: number; unheard: boolean }
  | { type: "failed"; message: string }
  | { type: "lost" };

/**
 * Why a command ended. `exit`: by itself or by a signal. `timeout`, `output`: it was killed at that limit. `aborted`: by
 * the caller. `lost`: it took the sandbox with it. `failed`: it could not be started.
 */
export type CommandEnd = "exit" | "timeout" | "output" | "aborted" | "lost" | "failed";

export interface ProcessOptions {
  cwd?: string;
  /** Processor time in seconds. */
  cpuSeconds?: number;
  /** A socket for exchanges, whose number the program finds in CACHALOT_CHANNEL. */
  channel?: boolean;
  /** `skipped` bytes, which are not shown, came before the data. */
  output(stream: "stdout" | "stderr", data: Buffer, skipped: number): void;
  /** It wrote more than it may, and the rest is dropped. */
  flood?(): void;
  /** What a reader should know: something left behind was killed, the channel was written to. */
  notice?(about: "killed" | "broken"): void;
}

export interface GuestProcess {
  readonly outcome: Promise<Outcome>;
  /** To its stdin. */
  write(data: string | Buffer, end?: boolean): void;
  /** Sends a message over the channel. @returns the reply to this message; nothing when the process ends without one */
  exchange(message: string): Promise<Buffer>;
  /** To the process and all it started that did not leave its session. */
  signal(signal: "SIGINT" | "SIGKILL"): void;
}

interface Wire {
  write(data: Buffer, end: boolean): void;
  exchange(number: number, data: Buffer): void;
  signal(signal: "SIGINT" | "SIGKILL"): void;
}

export class ProcessHandle implements GuestProcess {
  readonly outcome: Promise<Outcome>;
  finish: (outcome: Outcome) => void = () => {};
  #number = 0;
  #replied: (reply: Buffer) => void = () => {};

  constructor(
    private readonly options: ProcessOptions,
    private readonly wire: Wire,
  ) {
    this.outcome = new Promise((resolve) => {
      this.finish = resolve;
    });
  }

  write(data: string | Buffer, end = false): void {
    this.wire.write(Buffer.from(data), end);
  }

  exchange(message: string): Promise<Buffer> {
    const number = ++this.#number;
    const reply = new Promise<Buffer>((resolve) => {
      this.#replied = resolve;
    });
    this.wire.exchange(number, Buffer.from(message));
    return reply;
  }

  signal(signal: "SIGINT" | "SIGKILL"): void {
    this.wire.signal(signal);
  }

  /** A reply to another message than the last is none. */
  receive(event: ProcessEvent): void {
    switch (event.event) {
      case "exit":
        this.finish({ type: "exit", code: event.code, unheard: event.number !== this.#number });
        break;
      case "reply":
        if (event.number === this.#number) this.#replied(event.data);
        break;
      case "flood":
        this.options.flood?.();
        break;
      case "stdout":
      case "stderr":
        this.options.output(event.event, event.data, event.skipped ?? 0);
        break;
      default:
        this.options.notice?.(event.event);
    }
  }
}
