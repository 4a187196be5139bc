import { spawn } from "node:child_process";
import { main, root } from "./cachalot.js";

/** The command at a pseudo-terminal, as a person would sit at it. */
export interface Terminal {
  /** Everything the screen was sent. */
  readonly output: string;
  type(keys: string): void;
  /** Waits until the screen was sent this, after what an earlier call waited for. */
  see(pattern: RegExp | string, seconds?: number): Promise<void>;
  /** Exit status. */
  readonly ended: Promise<number | null>;
}

export const CTRL_C = "\x03";
export const CTRL_D = "\x04";

const PTY = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])) & 255)";

export function atTerminal(args: readonly string[], env: Record<string, string> = {}): Terminal {
  const child = spawn("python3", ["-c", PTY, process.execPath, main, ...args], {
    cwd: root,
    env: { ...process.env, TERM: "xterm-256color", ...env },
  });
  let output = "";
  let seen = 0;
  let wake = () => {};
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    output += piece;
    wake();
  });
  child.stderr.resume();
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  return {
    ended,
    get output() {
      return output;
    },
    type: (keys) => void child.stdin.write(keys),
    async see(pattern, seconds = 180) {
      const deadline = Date.now() + seconds * 1000;
      for (;;) {
        const rest = output.slice(seen);
        const at = typeof pattern === "string" ? rest.indexOf(pattern) : rest.search(pattern);
        if (at >= 0) {
          seen += at + (typeof pattern === "string" ? pattern.length : (pattern.exec(rest)?.[0].length ?? 0));
          return;
        }
        const left = deadline - Date.now();
        if (left <= 0 || child.exitCode !== null) {
          child.kill();
          throw new Error(`the screen never showed ${pattern}; since then it was sent ${JSON.stringify(rest)}`);
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
          setTimeout(resolve, Math.min(left, 200));
        });
      }
    },
  };
}
