import type { Port } from "../protocol.js";

/** A running worker that holds the model, whatever keeps it apart from the client: a thread, a process, a Web Worker. */
export interface EngineWorker {
  readonly port: Port;
  /** Resolves with why it ended, such as "was killed by SIGSEGV", once it has. Never rejects. */
  readonly ended: Promise<string>;
  /** Ends it at once. Harmless when it has ended. */
  kill(): void;
}

/** Starts a worker that waits for a `load` command. */
export type StartWorker = () => EngineWorker;
