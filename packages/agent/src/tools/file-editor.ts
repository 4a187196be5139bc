import type { Sandbox } from "@cachalot/sandbox";
import * as z from "zod";
import { type Edited, insertLines, readable, replaceOnce } from "./edit-bytes.js";
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

/** Entries of a directory that are shown. */
const MAX_ENTRIES = 1000;

/** Views and edits the text files of a sandbox. An edit changes no byte that it was not asked to change. */
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
    if ((await sandbox.stat(path)).directory) return listing(sandbox, path);
    const { lines, notes } = readable(await readText(sandbox, path));
    const [first, last] = view_range ?? [1, -1];
    const end = last === -1 ? lines.length : last;
    if (first > Math.max(lines.length, 1) || end < first - 1 || end > lines.length) {
      throw new Error(`view_range [${first}, ${last}] does not fit: ${path} has ${lines.length} lines`);
    }
    const text = numbered(lines, first, end) || `[${path} is empty]`;
    return [text, ...notes.map((note) => `[${note}]`)].join("\n");
  },

  async create(sandbox, { path, file_text }) {
    await sandbox.put(path, given(file_text, "file_text", "create"));
    return `Written: ${path}`;
  },

  async str_replace(sandbox, { path, old_str, new_str = "" }) {
    const old = given(old_str, "old_str", "str_replace");
    if (old === "") throw new Error("old_str is empty; give the text to replace");
    const edited = replaceOnce(await readText(sandbox, path), old, new_str, path);
    await sandbox.put(path, edited.data);
    return `Replaced:\n${around(edited)}`;
  },

  async insert(sandbox, { path, insert_line, new_str }) {
    const after = given(insert_line, "insert_line", "insert");
    const added = given(new_str, "new_str", "insert");
    const edited = insertLines(await readText(sandbox, path), after, added, path);
    await sandbox.put(path, edited.data);
    return `Inserted:\n${around(edited)}`;
  },
};

function given<T>(value: T | undefined, name: string, command: string): T {
  if (value === undefined) throw new Error(`${command} needs ${name}`);
  return value;
}

/** Names below a directory, two levels deep, dotfiles too; control characters in them are shown as escapes. */
async function listing(sandbox: Sandbox, path: string): Promise<string> {
  const entries = await sandbox.list(path, { depth: 2, limit: MAX_ENTRIES + 1 });
  if (entries.length === 0) return `[${path} is empty]`;
  const shown = entries.slice(0, MAX_ENTRIES).map(visible);
  const cut = `[Cut: there are more than ${MAX_ENTRIES} entries; view a directory below, or list them with a command.]`;
  return [...shown, ...(entries.length > MAX_ENTRIES ? [cut] : [])].join("\n");
}

const visible = (name: string): string =>
  name.replace(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);

async function readText(sandbox: Sandbox, path: string): Promise<Buffer> {
  const data = await sandbox.get(path);
  if (!data.includes(0)) return data;
  const isUtf16 = ["fffe", "feff"].includes(data.toString("hex", 0, 2));
  const advice = isUtf16 ? "it may be UTF-16, so convert it with iconv first" : "look at it with a command";
  throw new Error(`${path} is not text: ${data.length} bytes; ${advice}`);
}

const numbered = (lines: readonly string[], first: number, last: number): string =>
  lines
    .slice(first - 1, last)
    .map((line, i) => `${String(first + i).padStart(6)}  ${line}`)
    .join("\n");

/** The lines of a change and four on either side. */
const around = ({ data, line, lines }: Edited): string =>
  numbered(readable(data).lines, Math.max(1, line - 4), line + lines + 3);
