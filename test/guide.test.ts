import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "./support/cachalot.js";
import { applyDiff, readGuide } from "./support/guide.js";

test("a guide's blocks are files, changes and commands", () => {
  const fence = "```";
  const guide = [
    ...["# Adding", "", "Its file, `src/a.ts`:", "", `${fence}ts`, "export const a = 1;", fence, ""],
    ...["A line in `src/index.ts`, in order:", "", `${fence}diff`, ' import "./b.js";', '+import "./a.js";', fence, ""],
    ...[`${fence}console`, "$ npm test", "ok", "$ npm start", fence, "", "Beside:", "", `${fence}ts`, "no file", fence],
  ].join("\n");
  expect(readGuide(guide)).toEqual([
    { kind: "file", path: "src/a.ts", text: "export const a = 1;\n" },
    { kind: "change", path: "src/index.ts", diff: ' import "./b.js";\n+import "./a.js";\n' },
    { kind: "run", command: "npm test", output: "ok\n" },
    { kind: "run", command: "npm start", output: undefined },
  ]);
});

test("a change is made where its lines stand once, and refused elsewhere", () => {
  expect(applyDiff("a\nb\nc\n", " a\n+x\n-b\n@@\n c\n+d\n")).toBe("a\nx\nc\nd\n");
  expect(() => applyDiff("a\nb\n", " c\n+d\n")).toThrow(/found 0 times.*\nc/);
  expect(() => applyDiff("a\na\n", " a\n+d\n")).toThrow(/found 2 times/);
});

const guides = join(root, "docs", "guides");

describe.each(readdirSync(guides))("docs/guides/%s", (name) => {
  const text = readFileSync(join(guides, name), "utf8");

  test("shows a file and how it is tried", () => {
    expect(readGuide(text).map(({ kind }) => kind)).toEqual(expect.arrayContaining(["file", "run"]));
  });

  test("its changes fit the code as it is", () => {
    for (const step of readGuide(text))
      if (step.kind === "change") applyDiff(readFileSync(join(root, step.path), "utf8"), step.diff);
  });
});
