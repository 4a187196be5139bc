// Installs the peer without the GPU builds it would bring along: node bench/llama/install.mjs
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const VERSION = "3.22.1";
const platform = { linux: "linux", darwin: "mac", win32: "win" }[process.platform];
const build = `@node-llama-cpp/${platform}-${process.arch === "arm64" ? "arm64" : "x64"}`;
const { status } = spawnSync(
  "npm",
  [
    "install",
    "--no-save",
    "--omit=optional",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    `node-llama-cpp@${VERSION}`,
    `${build}@${VERSION}`,
  ],
  { cwd: fileURLToPath(new URL(".", import.meta.url)), stdio: "inherit", shell: process.platform === "win32" },
);
process.exit(status ?? 1);
