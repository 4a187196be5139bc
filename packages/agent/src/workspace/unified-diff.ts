/** Unified diff of a workspace's changes, in the format of git: `git apply` and `patch -p1` take it. */

import type { WorkspaceChange, WorkspaceEntry, WorkspaceStore } from "@cachalot/sandbox";
import { structuredPatch } from "diff";

/** A side of a change, as text where it is text. */
interface Side {
  mode: string;
  content: Buffer;
  text: string | undefined;
}

const NOWHERE: Side = { mode: "", content: Buffer.alloc(0), text: "" };

async function sideOf(store: WorkspaceStore, entry: WorkspaceEntry | undefined): Promise<Side> {
  if (entry === undefined || entry.type === "directory") return NOWHERE;
  if (entry.type === "link") return { mode: "120000", content: Buffer.from(entry.target), text: entry.target };
  const content = await store.read(entry);
  const text = content.toString();
  const isText = !content.includes(0) && Buffer.from(text).equals(content);
  return { mode: entry.mode & 0o100 ? "100755" : "100644", content, text: isText ? text : undefined };
}

/** A name as git writes it: in quotes with octal bytes where it has any that could be taken for something else. */
export function quotedPath(path: string): string {
  // Bytes that are no UTF-8 are lone surrogates here.
  const bytes = [...path].flatMap((character) => {
    const code = character.charCodeAt(0);
    return character.length === 1 && code >= 0xdc80 && code <= 0xdcff ? [code - 0xdc00] : [...Buffer.from(character)];
  });
  if (bytes.every((byte) => byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c)) return path;
  const escaped = bytes.map((byte) => {
    if (byte === 0x22 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
    if (byte === 0x0a) return "\\n";
    if (byte === 0x09) return "\\t";
    return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`;
  });
  return `"${escaped.join("")}"`;
}

function hunksOf(before: string, after: string): string {
  const { hunks } = structuredPatch("", "", before, after, undefined, undefined, { context: 3 });
  return hunks
    .map(({ oldStart, oldLines, newStart, newLines, lines }) => {
      const range = (start: number, count: number) => `${count === 0 ? Math.max(0, start - 1) : start},${count}`;
      return `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@\n${lines.join("\n")}\n`;
    })
    .join("");
}

/** The change of one path; empty for a directory, which git does not know. */
async function fileDiff(store: WorkspaceStore, { path, before, after }: WorkspaceChange): Promise<string> {
  const [old, now] = [await sideOf(store, before), await sideOf(store, after)];
  if (old.mode === "" && now.mode === "") return "";
  // Another type is another file: the old one goes, the new one comes.
  if (old.mode && now.mode && old.mode.slice(0, 3) !== now.mode.slice(0, 3)) {
    const gone = await fileDiff(store, { path, before: before! });
    return gone + (await fileDiff(store, { path, after: after! }));
  }
  const [a, b] = [quotedPath(`a/${path}`), quotedPath(`b/${path}`)];
  const header = [`diff --git ${a} ${b}`];
  if (old.mode === "") header.push(`new file mode ${now.mode}`);
  else if (now.mode === "") header.push(`deleted file mode ${old.mode}`);
  else if (old.mode !== now.mode) header.push(`old mode ${old.mode}`, `new mode ${now.mode}`);
  if (old.content.equals(now.content)) return `${header.join("\n")}\n`;
  const names = `--- ${old.mode ? a : "/dev/null"}\n+++ ${now.mode ? b : "/dev/null"}\n`;
  if (old.text === undefined || now.text === undefined) {
    const [from, to] = [old.mode ? a : "/dev/null", now.mode ? b : "/dev/null"];
    return `${header.join("\n")}\nBinary files ${from} and ${to} differ\n`;
  }
  return `${header.join("\n")}\n${names}${hunksOf(old.text, now.text)}`;
}

/** All changes, by path. */
export async function unifiedDiff(store: WorkspaceStore, changes: readonly WorkspaceChange[]): Promise<string> {
  let text = "";
  for (const change of changes) text += await fileDiff(store, change);
  return text;
}
