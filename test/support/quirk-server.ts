import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** One request the conformance server got. */
export interface WireRequest {
  path: string;
  body: Record<string, unknown> & { prompt?: string; messages?: Record<string, unknown>[] };
  authorization?: string;
  refused?: string;
  hungUp: boolean;
}

export interface QuirkServer {
  /** `http://127.0.0.1:…/v1` */
  baseUrl: string;
  /** The requests of one client for one transcript: `dsml-split/raw`. */
  log(of: string): Promise<WireRequest[]>;
  stop(): Promise<void>;
}

/** Starts quirk-server.mjs in a process of its own. */
export async function startQuirkServer(): Promise<QuirkServer> {
  const script = fileURLToPath(new URL("quirk-server.mjs", import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
  const greeting = await new Promise<string>((resolve, reject) => {
    child.stdout!.once("data", (data: Buffer) => resolve(String(data)));
    child.once("close", (code) => reject(new Error(`the quirk server ended with ${code}`)));
  });
  const { url } = JSON.parse(greeting) as { url: string };
  const exited = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return {
    baseUrl: `${url}/v1`,
    log: async (of) => (await (await fetch(`${url}/log?of=${encodeURIComponent(of)}`)).json()) as WireRequest[],
    stop() {
      child.kill();
      return exited;
    },
  };
}
