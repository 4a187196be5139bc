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

  test("bytes that are no UTF-8, CRLF, a byte order mark, modes and links stay as they are", async () => {
    await using sandbox = await createSandbox();
    const editor = fileEditorTool(sandbox);
    const edit = async (args: Record<string, unknown>) => editor.execute(args, context);
    const after = async (path: string) => (await sandbox.get(path)).toString("latin1");
    await sandbox.put("latin1.txt", Buffer.from("caf\xe9 na\xefve\nend\n", "latin1"));
    expect(await edit({ command: "view", path: "latin1.txt" })).toMatch(
      /caf\uFFFD na\uFFFDve\n.*end\n\[It is not UTF-8/,
    );
    await edit({ command: "str_replace", path: "latin1.txt", old_str: "caf", new_str: "CAF" });
    expect(await after("latin1.txt")).toBe("CAF\xe9 na\xefve\nend\n");
    await expect(edit({ command: "insert", path: "latin1.txt", insert_line: 1, new_str: "é" })).rejects.toThrow(
      "iconv",
    );
    await sandbox.put("utf16.txt", Buffer.from("\uFEFFa", "utf16le"));
    await expect(edit({ command: "view", path: "utf16.txt" })).rejects.toThrow("not text: 4 bytes; it may be UTF-16");
    await sandbox.put("crlf.txt", "\uFEFFa\r\nb\r\nc\r\n");
    expect(await edit({ command: "view", path: "crlf.txt", view_range: [1, 2] })).toBe(
      "     1  a\n     2  b\n[Lines end with CRLF; edits keep that.]",
    );
    await edit({ command: "str_replace", path: "crlf.txt", old_str: "a\nb\n", new_str: "1\n2\n" });
    await edit({ command: "insert", path: "crlf.txt", insert_line: 0, new_str: "x\ny" });
    expect((await sandbox.get("crlf.txt")).toString()).toBe("\uFEFFx\r\ny\r\n1\r\n2\r\nc\r\n");
    await sandbox.run(
      "echo 'echo hi' > run.sh; chmod 750 run.sh; ln -s run.sh link; ln run.sh twin; chmod 440 crlf.txt",
    );
    await edit({ command: "str_replace", path: "link", old_str: "hi", new_str: "ho" });
    expect((await sandbox.run("cat twin; stat -c '%a %h %F' run.sh; readlink link")).stdout).toBe(
      "echo ho\n750 2 regular file\nrun.sh\n",
    );
    await expect(edit({ command: "create", path: "crlf.txt", file_text: "" })).rejects.toThrow("Permission denied");
  });

  test("on a full disk the old file stays whole, and nothing is left of the new one", async () => {
    await using sandbox = await createSandbox({ workMiB: 1 });
    const editor = fileEditorTool(sandbox);
    const old = "line\n".repeat(40_000);
    await sandbox.put("file", old);
    await sandbox.run("ln file twin; cp file single; head -c 10M /dev/zero > fill");
    for (const path of ["file", "single", "new"]) {
      await expect(async () =>
        editor.execute({ command: "create", path, file_text: "x".repeat(900_000) }, context),
      ).rejects.toThrow(/No space left/);
    }
    expect((await sandbox.get("file")).toString() === old && (await sandbox.get("single")).toString() === old).toBe(
      true,
    );
    expect((await sandbox.run("ls -A")).stdout).toBe("file\nfill\nsingle\ntwin\n");
    expect((await sandbox.run("stat -c %a file")).stdout).toBe("644\n");
  });

  test("a directory is shown with its dotfiles, odd names as escapes, and says where it is cut", async () => {
    await using sandbox = await createSandbox();
    const editor = fileEditorTool(sandbox);
    const view = async (path: string) => editor.execute({ command: "view", path }, context);
    await sandbox.run(
      "mkdir -p .git/objects src/.cache/x; touch .env src/a $'src/new\\nline' $'src/\\e[31m' $'src/\\xff'",
    );
    expect(await view(".")).toBe(
      [".env", ".git/", "src/", "src/\\x1b[31m", "src/.cache/", "src/a", "src/new\\x0aline", "src/\uFFFD"].join("\n"),
    );
    expect(await view(".git")).toBe("objects/");
    await sandbox.run("mkdir many; cd many; seq 1001 | xargs touch");
    expect(await view("many")).toMatch(/^1\n10\n.*\n\[Cut: there are more than 1000 entries; .*\]$/s);
    await sandbox.run("rm many/1001");
    expect(await view("many")).not.toContain("Cut");
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
