/** GorillaFileSystem: directories and files in memory, with a few commands. */

import { type Api, type ApiFunction, failed } from "../api.js";
import { Directory, File, isName, linesOf, loadRoot, navigate, plain, type Shell } from "./files.js";

interface Named {
  file_name: string;
}
interface Move {
  source: string;
  destination: string;
}

const missing = (command: string, name: string) => failed(`${command}: ${name}: No such file or directory`);

/** A file of the current directory. */
const fileOf = ({ cwd }: Shell, name: string): File | undefined => {
  const item = cwd.contents.get(name);
  return item instanceof File ? item : undefined;
};

/** Puts a copy under a name: files are copied, directories share what is in them where they are moved. */
function put(into: Directory, name: string, item: File | Directory, shared: boolean): void {
  if (into.contents.has(name)) throw new Error(`'${name}' already exists in directory '${into.name}'.`);
  if (item instanceof File) {
    into.contents.set(name, new File(item.content));
    return;
  }
  const copy = new Directory(name, into);
  copy.contents = shared ? item.contents : new Map(item.contents);
  into.contents.set(name, copy);
}

function transfer(command: "mv" | "cp", { cwd }: Shell, { source, destination }: Move) {
  const [verb, done] = command === "mv" ? ["move", "moved"] : ["copy", "copied"];
  const item = cwd.contents.get(source);
  if (!item) return failed(`${command}: cannot ${verb} '${source}': No such file or directory`);
  if (destination.includes("/"))
    return failed(`${command}: path not allowed in destination. Provide only a file or directory name.`);
  const target = cwd.contents.get(destination);
  if (target instanceof File)
    return failed(`${command}: cannot ${verb} '${source}' to '${destination}': Not a directory`);
  if (command === "mv" && target?.contents.has(source))
    return failed(`mv: cannot move '${source}' to '${destination}/${source}': File exists`);
  if (command === "mv") cwd.contents.delete(source);
  put(target ?? cwd, target ? source : destination, item, command === "mv");
  return { result: `'${source}' ${done} to '${destination}${target ? `/${source}` : ""}'` };
}

type Functions = Readonly<Record<string, ApiFunction<Shell>>>;

const directories: Functions = {
  pwd({ cwd }) {
    const path: string[] = [];
    for (let at: Directory | undefined = cwd; at; at = at.parent) path.unshift(at.name);
    return { current_working_directory: `/${path.join("/")}` };
  },
  ls: ({ cwd }, { a = false }: { a?: boolean }) => ({
    current_directory_content: [...cwd.contents.keys()].filter((name) => a || !name.startsWith(".")),
  }),
  cd(shell, { folder: given }: { folder: string }) {
    const folder = given.replace(/\/+$/, "") || "/";
    if (![".", "..", "/"].includes(folder) && folder.includes("/"))
      return failed(`cd: ${folder}: Unsupported path. Only one folder level at a time is supported.`);
    if (folder === "..") {
      if (!shell.cwd.parent) return failed("Current directory is already the root. Cannot go back.");
      shell.cwd = shell.cwd.parent;
      return {};
    }
    const target = navigate(shell, folder);
    if (!target) return failed(`cd: '${folder}': No such file or directory`);
    shell.cwd = target;
    return { current_working_directory: target.name };
  },
  mkdir({ cwd }, { dir_name }: { dir_name: string }) {
    if (!isName(dir_name)) return failed(`mkdir: cannot create directory '${dir_name}': Invalid character`);
    if (cwd.contents.has(dir_name)) return failed(`mkdir: cannot create directory '${dir_name}': File exists`);
    cwd.contents.set(dir_name, new Directory(dir_name, cwd));
    return null;
  },
  rmdir({ cwd }, { dir_name }: { dir_name: string }) {
    const no = (why: string) => failed(`rmdir: cannot remove '${dir_name}': ${why}`);
    const item = cwd.contents.get(dir_name);
    if (!item) return no("No such file or directory");
    if (item instanceof File) return no("Not a directory");
    if (item.contents.size > 0) return no("Directory not empty");
    cwd.contents.delete(dir_name);
    return { result: `'${dir_name}' removed` };
  },
  find(shell, { path = ".", name }: { path?: string; name?: string | null }) {
    const start = navigate(shell, path);
    if (!start) return failed(`find: '${path}': No such file or directory`);
    const matches: string[] = [];
    const search = (directory: Directory, base: string): void => {
      for (const [own, item] of directory.contents) {
        if (name === undefined || name === null || own.includes(name)) matches.push(`${base}/${own}`);
        if (item instanceof Directory) search(item, `${base}/${own}`);
      }
    };
    search(start, path.replace(/\/+$/, ""));
    return { matches };
  },
  du({ cwd }, { human_readable = false }: { human_readable?: boolean }) {
    const size = (item: File | Directory): number =>
      item instanceof File
        ? Buffer.byteLength(item.content)
        : [...item.contents.values()].reduce((sum, one) => sum + size(one), 0);
    let left = size(cwd);
    if (!human_readable) return { disk_usage: `${left} bytes` };
    const units = ["B", "KB", "MB", "GB", "TB", "PB"];
    while (left >= 1024 && units.length > 1) {
      left /= 1024;
      units.shift();
    }
    return { disk_usage: `${left.toFixed(2)} ${units[0]}` };
  },
};

const files: Functions = {
  touch({ cwd }, { file_name }: Named) {
    if (!isName(file_name)) return failed(`touch: cannot touch '${file_name}': Invalid character`);
    if (cwd.contents.has(file_name)) return failed(`touch: cannot touch '${file_name}': File exists`);
    cwd.contents.set(file_name, new File(""));
    return null;
  },
  echo({ cwd }, { content, file_name }: { content: string; file_name?: string | null }) {
    if (!file_name) return { terminal_output: content };
    if (!isName(file_name)) return failed(`echo: cannot write to '${file_name}': Invalid character`);
    const item = cwd.contents.get(file_name);
    if (!item) return failed(`echo: cannot write to '${file_name}': No such file`);
    if (item instanceof Directory) throw new Error("'Directory' object has no attribute '_write'");
    item.content = content;
    return null;
  },
  cat({ cwd }, { file_name }: Named) {
    if (!isName(file_name)) return failed(`cat: '${file_name}': Invalid character`);
    const item = cwd.contents.get(file_name);
    if (!item) return failed(`cat: '${file_name}': No such file or directory`);
    return item instanceof File ? { file_content: item.content } : failed(`cat: '${file_name}': Is a directory`);
  },
  rm({ cwd }, { file_name }: Named) {
    return cwd.contents.delete(file_name)
      ? { result: `'${file_name}' removed` }
      : failed(`rm: cannot remove '${file_name}': No such file or directory`);
  },
  mv: (shell, move: Move) => transfer("mv", shell, move),
  cp: (shell, move: Move) => transfer("cp", shell, move),
};

const texts: Functions = {
  wc(shell, { file_name, mode = "l" }: Named & { mode?: string }) {
    if (!["l", "w", "c"].includes(mode)) return failed(`wc: invalid mode '${mode}'`);
    const file = fileOf(shell, file_name);
    if (!file) return missing("wc", file_name);
    if (mode === "l") return { count: linesOf(file.content).length, type: "lines" };
    if (mode === "w") return { count: file.content.split(/\s+/).filter(Boolean).length, type: "words" };
    return { count: [...file.content].length, type: "characters" };
  },
  sort(shell, { file_name }: Named) {
    const file = fileOf(shell, file_name);
    return file ? { sorted_content: linesOf(file.content).sort().join("\n") } : missing("sort", file_name);
  },
  grep(shell, { file_name, pattern }: Named & { pattern: string }) {
    const file = fileOf(shell, file_name);
    if (!file) return missing("grep", file_name);
    return { matching_lines: linesOf(file.content).filter((line) => line.includes(pattern)) };
  },
  tail(shell, { file_name, lines = 10 }: Named & { lines?: number }) {
    const file = fileOf(shell, file_name);
    if (!file) return missing("tail", file_name);
    const all = linesOf(file.content);
    return { last_lines: all.slice(-Math.min(lines, all.length)).join("\n") };
  },
  diff(shell, { file_name1, file_name2 }: { file_name1: string; file_name2: string }) {
    const [first, second] = [fileOf(shell, file_name1), fileOf(shell, file_name2)];
    if (!first || !second) return missing("diff", `${file_name1} or ${file_name2}`);
    const others = linesOf(second.content);
    const pairs = linesOf(first.content)
      .slice(0, others.length)
      .map((line, i) => [line, others[i]!] as const);
    const differing = pairs.filter(([a, b]) => a !== b).map(([a, b]) => `- ${a}\n+ ${b}`);
    return { diff_lines: differing.join("\n") };
  },
};

export const gorillaFileSystem: Api<Shell> = {
  name: "GorillaFileSystem",
  document: "gorilla_file_system.json",
  load: loadRoot,
  shown: ({ root }) => ({ root: plain(root) }),
  functions: { ...directories, ...files, ...texts },
};
