import type { Sandbox } from "@cachalot/sandbox";
import * as z from "zod";
import { type Tool, tool } from "./tool.js";

const inputSchema = z.object({
  command: z.enum(["view", "create", "str_replace", "insert"]),
  path: z.string().describe("In /work or /tmp; relative to /work"),
  view_range: z
    .tuple([z.number().int().min(1), z.number().int()])
    .optional()
    .describe("view: first and last line, from 1; -1 is the end"),
  file_text: z.string().optional().describe("create: the whole file"),
  old_str: z.string().optional().describe("str_replace: text that occurs exactly once"),
  new_str: z.string().optional().describe("str_replace and insert: the new text"),
  insert_line: z.number().int().min(0).optional().describe("insert: the line to insert after; 0 is the beginning"),
});

type Input = z.output<typeof inputSchema>;

/** Views and edits the text files of a sandbox. */
export function fileEditorTool(sandbox: Sandbox): Tool {
  return tool({
    name: "file_editor",
    description: "Views a file or directory of the sandbox, creates a file, replaces text in it, or inserts lines.",
    inputSchema,
    stateful: "files",
    execute: (input) => commands[input.command](sandbox, input),
  });
}

const commands: Record<Input["command"], (sandbox: Sandbox, input: Input) => Promise<string>> = {
  async view(sandbox, { path, view_range }) {
    if ((await sandbox.stat(path)).directory) {
      const entries = await sandbox.list(path, { depth: 2 });
      return entries.length === 0 ? `[${path} is empty]` : entries.join("\n");
    }
    const lines = splitLines(await readText(sandbox, path));
    const [first, last] = view_range ?? [1, -1];
    const end = last === -1 ? lines.length : last;
    if (first > Math.max(lines.length, 1) || end < first - 1 || end > lines.length) {
      throw new Error(`view_range [${first}, ${last}] does not fit: ${path} has ${lines.length} lines`);
    }
    return numbered(lines, first, end) || `[${path} is empty]`;
  },

  async create(sandbox, { path, file_text }) {
    await sandbox.put(path, given(file_text, "file_text", "create"));
    return `Written: ${path}`;
  },

  async str_replace(sandbox, { path, old_str, new_str = "" }) {
    const old = given(old_str, "old_str", "str_replace");
    if (old === "") throw new Error("old_str is empty; give the text to replace");
    const text = await readText(sandbox, path);
    const at = text.indexOf(old);
    if (at < 0) throw new Error(`old_str is not in ${path}; view it, and copy the text with its white space`);
    if (text.indexOf(old, at + 1) >= 0) {
      throw new Error(`old_str occurs ${text.split(old).length - 1} times in ${path}; give more of what is around it`);
    }
    const changed = text.slice(0, at) + new_str + text.slice(at + old.length);
    await sandbox.put(path, changed);
    return `Replaced:\n${around(changed, at, new_str)}`;
  },

  async insert(sandbox, { path, insert_line, new_str }) {
    const after = given(insert_line, "insert_line", "insert");
    const added = given(new_str, "new_str", "insert");
    const text = await readText(sandbox, path);
    const lines = splitLines(text);
    if (after > lines.length) throw new Error(`insert_line is ${after}, but ${path} has ${lines.length} lines`);
    const before = lines.slice(0, after);
    const all = [...before, ...added.replace(/\n$/, "").split("\n"), ...lines.slice(after)];
    const changed = all.join("\n") + (text === "" || text.endsWith("\n") ? "\n" : "");
    await sandbox.put(path, changed);
    return `Inserted:\n${around(changed, before.map((line) => `${line}\n`).join("").length, added)}`;
  },
};

function given<T>(value: T | undefined, name: string, command: string): T {
  if (value === undefined) throw new Error(`${command} needs ${name}`);
  return value;
}

async function readText(sandbox: Sandbox, path: string): Promise<string> {
  const data = await sandbox.get(path);
  if (data.includes(0)) throw new Error(`${path} is not text: ${data.length} bytes; look at it with a command`);
  return data.toString();
}

/** A newline at the end ends the last line; it does not begin another. */
const splitLines = (text: string): string[] => (text === "" ? [] : text.replace(/\n$/, "").split("\n"));

const numbered = (lines: readonly string[], first: number, last: number): string =>
  lines
    .slice(first - 1, last)
    .map((line, i) => `${String(first + i).padStart(6)}  ${line}`)
    .join("\n");

/** The lines of a change and four on either side. */
function around(text: string, at: number, inserted: string): string {
  const first = text.slice(0, at).split("\n").length;
  return numbered(splitLines(text), Math.max(1, first - 4), first + inserted.split("\n").length + 3);
}
