import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Another implementation in a process of its own: one JSON request a line, one JSON answer each. */
export interface Peer {
  /** @throws Error with the peer's own words. */
  ask<T>(request: Record<string, unknown>): Promise<T>;
  end(): void;
}

/** Starts a peer and waits for its greeting. */
export async function startPeer(name: string, command: string, args: readonly string[]): Promise<Peer> {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async (): Promise<Record<string, unknown>> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${name} ended early`);
    return JSON.parse(value as string);
  };
  await read();
  return {
    async ask<T>(request: Record<string, unknown>) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const answer = await read();
      if (typeof answer.error === "string") throw new Error(`${name}: ${answer.error}`);
      return answer as T;
    },
    end: () => void child.stdin.end(),
  };
}
