import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./cachalot.js";
import { type Peer, startPeer } from "./peer.js";

/** Why llama.cpp cannot be compared with; undefined when it can. */
export const llamaUnavailable = existsSync(join(root, "bench", "llama", "node_modules", "node-llama-cpp"))
  ? undefined
  : "llama.cpp is not installed: node bench/llama/install.mjs";

/** llama.cpp on a GGUF file, in float32 throughout. */
export function startLlama(gguf: string, contextSize: number): Promise<Peer> {
  const peer = join(root, "bench", "llama", "peer.mjs");
  return startPeer("llama.cpp", process.execPath, [peer, gguf, "2", `${contextSize}`, "parity"]);
}

interface TokenizerJson {
  added_tokens: { id: number }[];
  model: { vocab: Record<string, number>; merges: unknown[] };
}

/** llama.cpp loads nothing without a tokenizer: one of single bytes, for models that have none. */
export async function writeByteTokenizer(path: string, vocabSize: number): Promise<void> {
  const json = JSON.parse(await readFile(join(root, "models", "embedded", "tokenizer.json"), "utf8")) as TokenizerJson;
  const added = json.added_tokens.filter(({ id }) => id < 3);
  const bytes = Object.keys(json.model.vocab).filter((token) => token.length === 1);
  const vocab = Object.fromEntries(bytes.slice(0, vocabSize - 3).map((token, i) => [token, i + 3]));
  const model = { ...json.model, vocab, merges: [] };
  await writeFile(path, JSON.stringify({ ...json, added_tokens: added, model }));
}
