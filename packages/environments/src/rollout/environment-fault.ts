/** Faults of an environment, apart from those of the policy: they cost a rollout its reward and never count as a failure. */

import { AgentError, prepareCall } from "@cachalot/agent";
import { type ToolCall, wellFormed } from "@cachalot/chat";
import type { Environment } from "../environment.js";

/** The environment broke, or did not come back. */
export class EnvironmentFault extends Error {
  override readonly name = "EnvironmentFault";
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export interface Patience {
  /** In milliseconds. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/**
 * Work of the environment, bounded in time. `work` is told to stop when it is given up.
 * @throws EnvironmentFault where it throws or hangs; the signal's reason where that aborts
 */
export async function guarded<T>(
  what: string,
  { timeoutMs, signal }: Patience,
  work: (signal: AbortSignal) => T | Promise<T>,
): Promise<T> {
  const given = new AbortController();
  const limits = signal ? AbortSignal.any([given.signal, signal]) : given.signal;
  let stop = (_: unknown): void => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = reject;
  });
  const abort = () => stop(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  const timer = setTimeout(() => stop(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
  try {
    signal?.throwIfAborted();
    return await Promise.race([(async () => work(limits))(), stopped]);
  } catch (error) {
    signal?.throwIfAborted();
    given.abort(error);
    throw new EnvironmentFault(`${what}: ${messageOf(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

/**
 * The result of a call as the policy reads it. A tool that is not there and arguments that do not fit are the policy's slips: it
 * reads what was wrong.
 * @throws EnvironmentFault for whatever else a tool throws
 */
export async function callTool(environment: Environment, call: ToolCall, patience: Patience): Promise<string> {
  const prepared = prepareCall(environment.tools, call);
  if ("problem" in prepared) return `Error: ${prepared.problem}`;
  const { tool, args } = prepared;
  const callId = call.id ?? "call";
  try {
    const content = await guarded(`tool ${call.function.name}`, patience, (signal) =>
      tool.execute(args, { signal, callId, idempotencyKey: callId }),
    );
    return wellFormed(content);
  } catch (error) {
    const cause = error instanceof EnvironmentFault ? error.cause : undefined;
    if (cause instanceof AgentError && cause.code === "invalid_arguments") return wellFormed(`Error: ${cause.message}`);
    throw error;
  }
}
