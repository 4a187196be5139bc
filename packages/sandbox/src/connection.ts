/** A running sandbox, spoken to through its supervisor. */

import { type Bubblewrap, startBubblewrap } from "./bubblewrap.js";
import { SandboxError } from "./errors.js";
import { guestProgram } from "./guest-program.js";
import type { SandboxLimits } from "./limits.js";
import { type Done, eventReader, type SupervisorEvent, type SupervisorRequest } from "./protocol.js";

/** How a process ended. `lost`: the whole sandbox ended with it. */
export type Outcome = { type: "exit"; code: number } | { type: "failed"; message: string } | { type: "lost" };

export interface ProcessOptions {
  cwd?: string;
  /** Processor time in seconds. */
  cpuSeconds?: number;
  /** Two more pipes, whose numbers the program finds in CACHALOT_IN and CACHALOT_OUT. */
  control?: boolean;
  output(stream: "stdout" | "stderr" | "control", data: Buffer): void;
}

export interface GuestProcess {
  readonly outcome: Promise<Outcome>;
  write(stream: "stdin" | "control-in", data: string | Buffer, end?: boolean): void;
  /** To the process and all it started that did not leave its session. */
  signal(signal: "SIGINT" | "SIGKILL"): void;
}

/** Requests with an answer, less what every request has. */
export type FileRequest = Exclude<SupervisorRequest, { op: "start" | "write" | "signal" }>;
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

/** @throws SandboxError `sandbox_unavailable` */
export async function connect(limits: SandboxLimits): Promise<Connection> {
  const bwrap = await startBubblewrap(
    ["/usr/bin/python3", "-I", "-S", "-c", await guestProgram("files.py", "workspace.py", "supervisor.py")],
    limits,
  );
  const connection = createConnection(bwrap, limits);
  const problem = await connection.ready;
  if (problem === undefined) return connection;
  await connection.destroy(problem);
  throw new SandboxError("sandbox_unavailable", `No sandbox can be had: ${problem}; check bwrap and python3`);
}

function createConnection(
  bwrap: Bubblewrap,
  limits: SandboxLimits,
): Connection & { ready: Promise<string | undefined> } {
  let nextId = 0;
  let reason = "the programs inside killed its supervisor";
  let alive = true;
  let stderr = "";
  let markReady: (problem?: string) => void = () => {};
  const ready = new Promise<string | undefined>((resolve) => {
    markReady = resolve;
  });
  const processes = new Map<number, { options: ProcessOptions; finish(outcome: Outcome): void }>();
  const requests = new Map<number, (answer: Done | SandboxError) => void>();

  const send = (request: SupervisorRequest) => void (alive && bwrap.stdin.write(`${JSON.stringify(request)}\n`));

  function receive(event: SupervisorEvent): void {
    switch (event.event) {
      case "ready":
        markReady();
        break;
      case "stdout":
      case "stderr":
      case "control":
        processes.get(event.id)?.options.output(event.event, event.data);
        break;
      case "exit":
        processes.get(event.id)?.finish({ type: "exit", code: event.code });
        break;
      case "done":
        requests.get(event.id)?.(event);
        break;
      case "failed":
        processes.get(event.id)?.finish({ type: "failed", message: event.message });
        requests.get(event.id)?.(new SandboxError("sandbox_file", event.message));
    }
  }

  async function destroy(why: string): Promise<void> {
    if (alive) reason = why;
    await bwrap.destroy();
  }

  const read = eventReader();
  bwrap.stdout.on("data", (piece: Buffer) => {
    try {
      for (const event of read(piece)) receive(event);
    } catch {
      void destroy("the programs inside spoke in its supervisor's name");
    }
  });
  bwrap.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-4096);
  });
  const ended = bwrap.ended.then(() => {
    alive = false;
    markReady(stderr.trim() || "its first program ended at once");
    for (const { finish } of processes.values()) finish({ type: "lost" });
    const error = new SandboxError("sandbox_closed", `The sandbox has ended: ${reason}; start another`);
    for (const answer of requests.values()) answer(error);
    return reason;
  });

  return {
    ready,
    ended,
    get alive() {
      return alive;
    },
    start(argv, { cwd, cpuSeconds = limits.cpuSeconds, control = false, output }) {
      const id = nextId++;
      const outcome = new Promise<Outcome>((resolve) => {
        const finish = (result: Outcome) => {
          processes.delete(id);
          resolve(result);
        };
        if (alive) processes.set(id, { options: { output }, finish });
        else finish({ type: "lost" });
      });
      send({ op: "start", id, argv, cpuSeconds, control, ...(cwd === undefined ? {} : { cwd }) });
      return {
        outcome,
        write(stream, data, end = false) {
          send({ op: "write", id, stream, data: Buffer.from(data).toString("base64"), end });
        },
        signal: (signal) => send({ op: "signal", id, signal }),
      };
    },
    async request(request) {
      if (!alive) throw new SandboxError("sandbox_closed", `The sandbox has ended: ${reason}; start another`);
      const id = nextId++;
      const answered = new Promise<Done | SandboxError>((resolve) => requests.set(id, resolve));
      send({ ...request, id } as SupervisorRequest);
      const timer = setTimeout(() => void destroy("its supervisor did not answer"), limits.timeoutMs);
      const answer = await answered;
      clearTimeout(timer);
      requests.delete(id);
      if (answer instanceof SandboxError) throw answer;
      return answer;
    },
    outOfMemoryKills: () => bwrap.outOfMemoryKills(),
    destroy,
  };
}
