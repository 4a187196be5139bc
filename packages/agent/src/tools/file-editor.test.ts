import { createSandbox } from "@cachalot/sandbox";
import fc from "fast-check";
import { expect, test } from "vitest";
import { withSandbox } from "../testing/with-sandbox.js";
import { fileEditorTool } from "./file-editor.js";

const context = { signal: new AbortController().signal, callId: "c", idempotencyKey: "k" };

withSandbox("file_editor", () => {
  test("creates, views, replaces and inserts", async () => {
    await using sandbox = await createSandbox();
    const editor = fileEditorTool(sandbox);
    const edit = async (args: Record<string, unknown>) => editor.execute({ path: "a/x.txt", ...args }, context);
    expect(await edit({ command: "create", file_text: "one\ntwo\nthree\n" })).toBe("Written: a/x.txt");
    expect(await edit({ command: "view" })).toBe("     1  one\n     2  two\n     3  three");
    expect(await edit({ command: "view", view_range: [2, -1] })).toBe("     2  two\n     3  three");
    expect(await edit({ command: "str_replace", old_str: "two\n", new_str: "2\n2½\n" })).toMatch(/3 {2}2½/);
    expect(await edit({ command: "insert", insert_line: 0, new_str: "zero" })).toMatch(/^Inserted:\n {5}1 {2}zero\n/);
    expect((await sandbox.get("a/x.txt")).toString()).toBe("zero\none\n2\n2½\nthree\n");
    expect(await edit({ command: "view", path: "." })).toBe("a/\na/x.txt");
    await edit({ command: "create", path: "empty", file_text: "" });
    expect(await edit({ command: "view", path: "empty" })).toBe("[empty is empty]");
  });

  test.each([
    [{ command: "view", path: "nothing" }, "No such file"],
    [{ command: "view", path: "/etc/passwd" }, "outside of /work and /tmp"],
    [{ command: "view", path: "../etc" }, "outside of /work and /tmp"],
    [{ command: "view", path: "x", view_range: [4, 9] }, "x has 3 lines"],
    [{ command: "view", path: "binary" }, "not text: 3 bytes"],
    [{ command: "create", path: "/usr/x", file_text: "" }, "outside of /work and /tmp"],
    [{ command: "create", path: "y" }, "create needs file_text"],
    [{ command: "str_replace", path: "x", old_str: "a" }, "occurs 2 times"],
    [{ command: "str_replace", path: "x", old_str: "zz" }, "is not in x"],
    [{ command: "str_replace", path: "x", old_str: "" }, "old_str is empty"],
    [{ command: "insert", path: "x", insert_line: 7, new_str: "" }, "has 3 lines"],
    [{ command: "delete", path: "x" }, "command"],
  ])("%j is refused with the reason", async (args, reason) => {
    await using sandbox = await createSandbox();
    await sandbox.put("x", "a\na\nb\n");
    await sandbox.put("binary", Buffer.from([1, 0, 2]));
    await expect(async () => fileEditorTool(sandbox).execute(args, context)).rejects.toThrow(reason);
    expect((await sandbox.get("x")).toString()).toBe("a\na\nb\n");
  });

  test("inserting after line n keeps every line and puts the new ones between", async () => {
    await using sandbox = await createSandbox();
    const line = fc.stringMatching(/^[a-z]{0,3}$/);
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 5 }), line, fc.nat(5), async (lines, added, after) => {
        fc.pre(after <= lines.length && lines.at(-1) !== "");
        await sandbox.put("p", `${lines.join("\n")}\n`);
        await fileEditorTool(sandbox).execute(
          { command: "insert", path: "p", insert_line: after, new_str: added },
          context,
        );
        const expected = [...lines.slice(0, after), added, ...lines.slice(after)];
        expect((await sandbox.get("p")).toString().replace(/\n$/, "")).toBe(expected.join("\n"));
      }),
      { seed: 1, numRuns: 60 },
    );
  });
});
