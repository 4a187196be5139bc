/** File tree in memory. */

import type { LongContext } from "../long-context.js";

export class File {
  constructor(public content: string) {}
}

export class Directory {
  contents = new Map<string, File | Directory>();

  constructor(
    readonly name: string,
    readonly parent: Directory | undefined,
  ) {}
}

export interface Shell {
  readonly root: Directory;
  cwd: Directory;
}

interface Described {
  type: "directory" | "file";
  content?: string;
  contents?: Readonly<Record<string, Described>>;
}

/** The first directory of the scenario's root is the root. */
export function loadRoot({ root }: { root?: Readonly<Record<string, Described>> }, long?: LongContext): Shell {
  const [first] = Object.entries(root ?? {});
  const directory = new Directory(first?.[0] ?? "/", undefined);
  if (first) fill(directory, first[1].contents ?? {}, long);
  return { root: directory, cwd: directory };
}

function fill(directory: Directory, contents: Readonly<Record<string, Described>>, long?: LongContext): void {
  for (const [name, about] of Object.entries(contents)) {
    if (about.type === "file") {
      const more = long && !long.files_as_they_are.includes(name) ? long.file_content : "";
      directory.contents.set(name, new File((about.content ?? "") + more));
      continue;
    }
    const child = new Directory(name, directory);
    fill(child, about.contents ?? {}, long);
    directory.contents.set(name, child);
  }
  const isInnermost = Object.values(contents).every(({ type }) => type === "file");
  if (long && isInnermost) for (const name of long.file_names) directory.contents.set(name, new File(""));
}

/** undefined where there is no such directory. */
export function navigate({ root, cwd }: Shell, path: string): Directory | undefined {
  if (path === ".") return cwd;
  if (path === "/") return root;
  let at = path.startsWith("/") ? root : cwd;
  for (const name of path.replace(/^\/+|\/+$/g, "").split("/")) {
    const next = name === "." ? at : at.contents.get(name);
    if (!(next instanceof Directory)) return undefined;
    at = next;
  }
  return at;
}

export const isName = (name: string): boolean => !/[|/\\?%*:"><]/.test(name);

/** As Python splits lines: without an empty one at the end. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|[\n\r\v\f\x85\u2028\u2029]/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** As data that can be compared. A file and its name are what it is compared by. */
export function plain(item: File | Directory): unknown {
  if (item instanceof File) return item.content;
  return { [item.name]: Object.fromEntries([...item.contents].map(([name, one]) => [name, plain(one)])) };
}
