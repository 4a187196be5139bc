import { createBoundedOutput } from "./bounded-output.js";
import type { Connection } from "./connection.js";
import type { CommandEnd } from "./guest-process.js";
import type { SandboxLimits } from "./limits.js";
import { createStopper } from "./stopper.js";

export interface CommandOptions {
  /** Default: empty. */
  stdin?: string | Buffer;
  /** Wall-clock time in milliseconds. Default: the sandbox's `timeoutMs`. */
  timeoutMs?: number;
  /** Written before the command starts; paths relative to /work. */
  files?: Record<string, string | Buffer>;
  /** Aborting kills the command. */
  signal?: AbortSignal;
}

export interface CommandResult {
  stdout: string;
  stderr: string;
  /** As a shell has it: 128 + n after signal n. null unless `ended` is `exit`. */
  exitCode: number | null;
  ended: CommandEnd;
  durationMs: number;
  /** What a reader should know beside the output: limits reached, memory gone. */
  notices: string[];
}

/** How long the supervisor may take to kill a process before the whole sandbox is. */
const GRACE_MS = 2000;

export async function runCommand(
  connection: Connection,
  command: string | readonly string[],
  { stdin = "", timeoutMs, files = {}, signal }: CommandOptions,
  limits: SandboxLimits,
): Promise<CommandResult> {
  const limitMs = timeoutMs ?? limits.timeoutMs;
  for (const [path, data] of Object.entries(files))
    await connection.request({ op: "put", path, data: Buffer.from(data).toString("base64") });
  const killsBefore = await connection.outOfMemoryKills();
  const started = performance.now();
  const streams = { stdout: createBoundedOutput(limits.outputBytes), stderr: createBoundedOutput(limits.outputBytes) };
  const child = connection.start(typeof command === "string" ? ["/bin/bash", "-c", command] : command, {
    output(stream, data, skipped) {
      streams[stream].push(data, skipped);
      if (streams.stdout.bytes + streams.stderr.bytes > limits.outputKillBytes) stopper.stop("output");
    },
    flood: () => stopper.stop("output"),
  });
  const stopper = createStopper({
    ...{ timeoutMs: limitMs, signal, graceMs: GRACE_MS },
    steps: [() => child.signal("SIGKILL"), () => void connection.destroy("a command could not be killed otherwise")],
  });
  child.write(stdin, true);
  const outcome = await child.outcome;
  stopper.clear();

  const ended = stopper.why ?? outcome.type;
  const notices: string[] = [];
  if (ended === "timeout") notices.push(`Killed at the time limit of ${limitMs / 1000} s.`);
  if (ended === "output") notices.push(`Killed for writing more than ${limits.outputKillBytes} bytes.`);
  if (outcome.type === "failed") notices.push(outcome.message);
  if (outcome.type === "lost")
    notices.push(`The sandbox ended (${await connection.ended}): its processes and files are gone.`);
  if ((await connection.outOfMemoryKills()) > killsBefore)
    notices.push(`Memory ran out (${limits.memoryMiB} MiB) and a process was killed.`);
  return {
    stdout: streams.stdout.text(),
    stderr: streams.stderr.text(),
    exitCode: ended === "exit" && outcome.type === "exit" ? shellCode(outcome.code) : null,
    ended,
    durationMs: performance.now() - started,
    notices,
  };
}

const shellCode = (code: number): number => (code < 0 ? 128 - code : code);
