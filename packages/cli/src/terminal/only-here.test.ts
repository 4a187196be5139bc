import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const source = fileURLToPath(new URL("..", import.meta.url));

test("text meets the screen in one place: no other file writes to standard output or error, or makes colours", async () => {
  const files = (await readdir(source, { recursive: true })).filter(
    (name) => name.endsWith(".ts") && !name.startsWith("terminal/") && !name.endsWith(".test.ts"),
  );
  const writers: string[] = [];
  for (const name of files) {
    const code = await readFile(join(source, name), "utf8");
    if (/process\.std(out|err)\.write|console\.|picocolors|\\x1b|\\u001b/.test(code)) writers.push(name);
  }
  expect(files.length).toBeGreaterThan(30);
  expect(writers).toEqual([]);
});
