/** A running sandbox, spoken to through its supervisor. */

import { type Bubblewrap, startBubblewrap } from "./bubblewrap.js";
import { SandboxError } from "./errors.js";
import { type GuestProcess, ProcessHandle, type ProcessOptions } from "./guest-process.js";
import { guestProgram } from "./guest-program.js";
import type { SandboxLimits } from "./limits.js";
import { type Done, eventReader, type SupervisorEvent, type SupervisorRequest } from "./protocol.js";
import { wellFormed } from "./workspace/path-bytes.js";

/** Requests with an answer, less what every request has. */
type FileRequest = Exclude<SupervisorRequest, { op: "start" | "write" | "signal" | "exchange" }>;
type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;

export interface Connection {
  /** Resolves, with the reason, when the sandbox has ended and nothing of it is left. */
  readonly ended: Promise<string>;
  readonly alive: boolean;
  start(argv: readonly string[], options: ProcessOptions): GuestProcess;
  /** @throws SandboxError `sandbox_file` when it cannot be done, `sandbox_closed` when the sandbox ends first */
  request(request: WithoutId<FileRequest>): Promise<Done>;
  outOfMemoryKills(): Promise<number>;
  destroy(reason: string): Promise<void>;
}

/** An answer to a file request may take longer than a command: it may be a large workspace. */
const ANSWER_MS = 30_000;

/** @throws SandboxError `sandbox_unavailable` */
export async function connect(limits: SandboxLimits, folders: readonly string[] = []): Promise<Connection> {
  const program = await guestProgram("files.py", "workspace.py", "processes.py", "supervisor.py");
  const bwrap = await startBubblewrap(["/usr/bin/python3", "-I", "-S", "-c", program], limits, folders);
  const connection = new SupervisorConnection(bwrap, limits);
  const problem = await connection.ready;
  if (problem === undefined) return connection;
  await connection.destroy(problem);
  throw new SandboxError("sandbox_unavailable", `No sandbox can be had: ${problem}; check bwrap and python3`);
}

class SupervisorConnection implements Connection {
  alive = true;
  readonly ended: Promise<string>;
  /** Resolves when the supervisor speaks; with the problem when it ended before it did. */
  readonly ready: Promise<string | undefined>;
  #markReady: (problem?: string) => void = () => {};
  #nextId = 0;
  #reason = "the programs inside killed its supervisor";
  #stderr = "";
  readonly #processes = new Map<number, ProcessHandle>();
  readonly #requests = new Map<number, (answer: Done | SandboxError) => void>();

  constructor(
    private readonly bwrap: Bubblewrap,
    private readonly limits: SandboxLimits,
  ) {
    this.ready = new Promise((resolve) => {
      this.#markReady = resolve;
    });
    const read = eventReader();
    bwrap.stdout.on("data", (piece: Buffer) => {
      try {
        for (const event of read(piece)) this.#receive(event);
      } catch {
        void this.destroy("the programs inside spoke in its supervisor's name");
      }
    });
    bwrap.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-4096);
    });
    this.ended = bwrap.ended.then(() => this.#finish());
  }

  start(argv: readonly string[], options: ProcessOptions): GuestProcess {
    const id = this.#nextId++;
    const { cwd, cpuSeconds = this.limits.cpuSeconds, channel = false } = options;
    const process = new ProcessHandle(options, {
      write: (data, end) => this.#send({ op: "write", id, data: data.toString("base64"), end }),
      exchange: (number, data) => this.#send({ op: "exchange", id, number, data: data.toString("base64") }),
      signal: (signal) => this.#send({ op: "signal", id, signal }),
    });
    if (this.alive) this.#processes.set(id, process);
    else process.finish({ type: "lost" });
    void process.outcome.then(() => this.#processes.delete(id));
    const { outputBytes, outputKillBytes } = this.limits;
    this.#send({
      ...{ op: "start", id, argv, cpuSeconds, channel, outputBytes, floodBytes: outputKillBytes },
      ...(cwd === undefined ? {} : { cwd }),
    });
    return process;
  }

  async request(request: WithoutId<FileRequest>): Promise<Done> {
    if (!this.alive) throw this.#closed();
    const id = this.#nextId++;
    const answered = new Promise<Done | SandboxError>((resolve) => this.#requests.set(id, resolve));
    this.#send({ ...request, id } as SupervisorRequest);
    const timer = setTimeout(
      () => void this.destroy("its supervisor did not answer"),
      Math.max(this.limits.timeoutMs, ANSWER_MS),
    );
    const answer = await answered;
    clearTimeout(timer);
    this.#requests.delete(id);
    if (answer instanceof SandboxError) throw answer;
    return answer;
  }

  outOfMemoryKills(): Promise<number> {
    return this.bwrap.outOfMemoryKills();
  }

  async destroy(reason: string): Promise<void> {
    if (this.alive) this.#reason = reason;
    await this.bwrap.destroy();
  }

  #send(request: SupervisorRequest): void {
    if (this.alive) this.bwrap.stdin.write(`${JSON.stringify(request)}\n`);
  }

  #receive(event: SupervisorEvent): void {
    switch (event.event) {
      case "ready":
        this.#markReady();
        break;
      case "done":
        this.#requests.get(event.id)?.(event);
        break;
      case "failed":
        this.#fail(event.id, wellFormed(event.message));
        break;
      default:
        this.#processes.get(event.id)?.receive(event);
    }
  }

  #fail(id: number, message: string): void {
    this.#processes.get(id)?.finish({ type: "failed", message });
    this.#requests.get(id)?.(new SandboxError("sandbox_file", message));
  }

  #finish(): string {
    this.alive = false;
    this.#markReady(this.#stderr.trim() || "its first program ended at once");
    for (const process of this.#processes.values()) process.finish({ type: "lost" });
    for (const answer of this.#requests.values()) answer(this.#closed());
    return this.#reason;
  }

  #closed(): SandboxError {
    return new SandboxError("sandbox_closed", `The sandbox has ended: ${this.#reason}; start another`);
  }
}
