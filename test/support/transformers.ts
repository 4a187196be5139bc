import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { transformersPython } from "./install-transformers.mjs";
import { type Peer, startPeer } from "./peer.js";

/** Why transformers cannot be compared with; undefined when it can. */
export const transformersUnavailable = existsSync(transformersPython)
  ? undefined
  : "transformers is not installed: node test/support/install-transformers.mjs";

/** Hugging Face transformers, see transformers-peer.py. */
export function startTransformers(): Promise<Peer> {
  const peer = fileURLToPath(new URL("transformers-peer.py", import.meta.url));
  return startPeer("transformers", transformersPython, [peer]);
}
