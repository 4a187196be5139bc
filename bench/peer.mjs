// OpenBLAS, in a process of its own: see gemm-peer.cc.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { compile } from "./compile.mjs";

/** Compiles the peer. Undefined, with a clear message, where OpenBLAS or a compiler is missing. */
function buildPeer() {
  const hint = "Is OpenBLAS missing (Debian: apt-get install libopenblas-dev)? Only our side is measured.";
  return compile("gemm-peer", { optimize: "-O2", libraries: ["-lopenblas"], hint });
}

/** @param {string} [coreType] */
async function startPeer(path, threads, coreType) {
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, OPENBLAS_NUM_THREADS: String(threads) };
  if (coreType) env.OPENBLAS_CORETYPE = coreType;
  const child = spawn(path, [], { env, stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`gemm-peer ended early (OPENBLAS_CORETYPE=${coreType ?? "default"}); run it by hand`);
    return JSON.parse(value);
  };
  const { core, config } = await read();
  return {
    core,
    config,
    ask: async (request) => {
      child.stdin.write(`${request}\n`);
      const answer = await read();
      if (answer.error) throw new Error(`gemm-peer: ${answer.error}: ${request}`);
      return answer;
    },
    end: () => child.stdin.end(),
  };
}

/** OpenBLAS as it comes and, where it falls back to older kernels on this CPU, with AVX-512 ones: the better counts. */
export async function startPeers(threads) {
  const path = buildPeer();
  if (!path) return [];
  const peers = [await startPeer(path, threads)];
  if (process.arch === "x64") {
    const skylake = await startPeer(path, threads, "SkylakeX").catch(() => undefined);
    if (skylake && skylake.core !== peers[0].core) peers.push(skylake);
    else skylake?.end();
  }
  return peers;
}

/** OpenBLAS threads spin for a while after a call; ours must not share the cores with them. */
export const settleMilliseconds = 80;
