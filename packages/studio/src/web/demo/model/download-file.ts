/** Downloads one file by HTTP Range requests: what came is kept, what is missing is asked for, the whole is checked by its SHA-256. */

import type { FilePieces, ManifestFile } from "./file-pieces.js";

/** Bytes that are kept at a time. */
const PIECE_BYTES = 2 ** 19;
const TRIES = 6;
const FIRST_WAIT_MS = 300;

export interface DownloadEvents {
  /** Bytes of this file that are here. */
  onBytes(bytes: number): void;
  /** The connection broke; it goes on from where it was. */
  onResume(from: number): void;
}

/** @throws Error with what is wrong and what to do about it */
export async function downloadFile(
  address: string,
  file: ManifestFile,
  pieces: FilePieces,
  events: DownloadEvents,
): Promise<Blob> {
  for (let attempt = 0; ; attempt++) {
    const parts = await pieces.load();
    if (parts.length > 0) events.onBytes(lengthOf(parts));
    await fetchMissing(address, file, parts, pieces, events);
    const blob = new Blob(parts);
    if (lengthOf(parts) === file.bytes && (await sha256(blob)) === file.sha256) return blob;
    await pieces.remove();
    if (attempt > 0)
      throw new Error(`${file.name} is not what the manifest says (SHA-256); copy the folder to the server again`);
  }
}

const lengthOf = (parts: readonly Uint8Array[]): number => parts.reduce((sum, { length }) => sum + length, 0);

/** Adds what is missing to the parts, over as many connections as it takes. */
async function fetchMissing(
  address: string,
  file: ManifestFile,
  parts: Uint8Array<ArrayBuffer>[],
  pieces: FilePieces,
  events: DownloadEvents,
): Promise<void> {
  for (let failures = 0; lengthOf(parts) < file.bytes; ) {
    const from = lengthOf(parts);
    try {
      await fetchFrom(address, from, parts, pieces, events);
      if (lengthOf(parts) < file.bytes) throw new TypeError("the connection ended early");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      // Only tries that bring nothing count: a slow line that breaks often still gets there.
      failures = lengthOf(parts) > from ? 1 : failures + 1;
      if (failures >= TRIES)
        throw new Error(
          `${file.name} could not be downloaded (${error.message}); check the connection, then try again`,
        );
      await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT_MS * 2 ** (failures - 1)));
      events.onResume(lengthOf(parts));
    }
  }
}

/** One connection. A broken one is a TypeError, and what it brought is in `parts`. */
async function fetchFrom(
  address: string,
  from: number,
  parts: Uint8Array<ArrayBuffer>[],
  pieces: FilePieces,
  events: DownloadEvents,
): Promise<void> {
  const response = await fetch(address, from > 0 ? { headers: { range: `bytes=${from}-` } } : {});
  if (response.status >= 500) throw new TypeError(`the server answers ${response.status}`);
  if (!response.ok || !response.body)
    throw new Error(`${address}: the server answers ${response.status}; copy the whole folder to the server`);
  // A server that knows no ranges sends the file from its beginning.
  if (response.status !== 206) parts.length = 0;
  const reader = response.body.getReader();
  let open: Uint8Array<ArrayBuffer>[] = [];
  const keep = async () => {
    const piece = new Uint8Array(await new Blob(open).arrayBuffer());
    open = [];
    const offset = lengthOf(parts);
    parts.push(piece);
    await pieces.add(offset, piece);
  };
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      open.push(value);
      events.onBytes(lengthOf(parts) + lengthOf(open));
      if (lengthOf(open) >= PIECE_BYTES) await keep();
    }
  } finally {
    if (open.length > 0) await keep();
  }
}

async function sha256(blob: Blob): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
