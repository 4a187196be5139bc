import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "./cachalot.js";

/** Why llama.cpp cannot be compared with; undefined when it can. */
export const llamaUnavailable = existsSync(join(root, "bench", "llama", "node_modules", "node-llama-cpp"))
  ? undefined
  : "llama.cpp is not installed: node bench/llama/install.mjs";

export interface LlamaPeer {
  ask<T>(request: Record<string, unknown>): Promise<T>;
  end(): void;
}

/** llama.cpp on a GGUF file, in float32 throughout. */
export async function startLlama(gguf: string, contextSize: number): Promise<LlamaPeer> {
  const child = spawn(
    process.execPath,
    [join(root, "bench", "llama", "peer.mjs"), gguf, "2", `${contextSize}`, "parity"],
    {
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    if (done) throw new Error("llama.cpp ended early");
    return JSON.parse(value as string);
  };
  await read();
  return {
    async ask<T>(request: Record<string, unknown>) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return (await read()) as T;
    },
    end: () => void child.stdin.end(),
  };
}
