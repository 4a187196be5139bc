import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const main = fileURLToPath(new URL("../../packages/cli/dist/main.js", import.meta.url));
export const root = fileURLToPath(new URL("../..", import.meta.url));
/** The model that ships. */
export const embedded = join(root, "models", "embedded");
export const golden = fileURLToPath(new URL("../golden", import.meta.url));

export interface Finished {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the command in a process of its own to its end. */
export function cachalot(args: readonly string[], input = "", env: Record<string, string> = {}): Promise<Finished> {
  const child = start(args, env);
  let stdout = "";
  let stderr = "";
  child.stdout!.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdin!.end(input);
  return new Promise((resolve) => child.on("close", (status) => resolve({ status, stdout, stderr })));
}

export function start(args: readonly string[], env: Record<string, string> = {}, directory?: string): ChildProcess {
  return spawn(process.execPath, [main, ...args], {
    cwd: directory ?? root,
    env: { ...process.env, NO_COLOR: "1", ...env },
  });
}

export interface Served {
  url: string;
  model: string;
  process: ChildProcess;
  stop(): Promise<number | null>;
}

/** `cachalot serve` on a free port of 127.0.0.1. */
export async function serve(args: readonly string[] = [], directory?: string): Promise<Served> {
  const child = start(["serve", "--port", "0", "--json", ...args], {}, directory);
  let errors = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const greeting = await new Promise<string>((resolve, reject) => {
    child.stdout!.once("data", (data: Buffer) => resolve(String(data)));
    child.once("close", (code) => reject(new Error(`serve ended with ${code}: ${errors}`)));
  });
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  return {
    ...(JSON.parse(greeting) as { url: string; model: string }),
    process: child,
    stop() {
      child.kill("SIGTERM");
      return exited;
    },
  };
}
