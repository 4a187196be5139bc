// OpenBLAS, in a process of its own: see gemm-peer.cc.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));

/** Compiles the peer. Undefined, with a clear message, where OpenBLAS or a compiler is missing. */
function buildPeer() {
  mkdirSync(`${here}build`, { recursive: true });
  const output = `${here}build/gemm-peer`;
  const compiler = process.env.CXX ?? "c++";
  const flags = ["-O2", "-march=native", "-std=c++17", "-pthread", `${here}gemm-peer.cc`, "-o", output, "-lopenblas"];
  const built = spawnSync(compiler, flags, { encoding: "utf8" });
  if (built.status === 0) return output;
  const detail = (built.error?.message ?? built.stderr).split("\n").find((line) => /error|cannot|ENOENT/.test(line));
  console.error(
    `OpenBLAS IS NOT INSTALLED (or ${compiler} cannot find it): only our side is measured. ` +
      `Install it (Debian: apt-get install libopenblas-dev). ${detail ?? ""}`,
  );
  return undefined;
}

async function startPeer(path, threads, coreType) {
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
