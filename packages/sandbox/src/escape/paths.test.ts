import fc from "fast-check";
import { expect, test } from "vitest";
import { createSandbox } from "../sandbox.js";
import { withSandbox } from "../testing/with-sandbox.js";

withSandbox("files in and out", () => {
  test("what is put is got, byte for byte, wherever it lies", async () => {
    await using sandbox = await createSandbox();
    const name = fc.stringMatching(/^[a-z ~'"$*\\é]{1,8}$/).filter((text) => text.trim() !== "");
    await fc.assert(
      fc.asyncProperty(
        fc.array(name, { minLength: 1, maxLength: 3 }),
        fc.uint8Array({ maxLength: 300 }),
        async (path, bytes) => {
          const file = `x/${path.join("/d/")}.bin`;
          await sandbox.put(file, Buffer.from(bytes));
          expect(await sandbox.get(file)).toEqual(Buffer.from(bytes));
        },
      ),
      { seed: 1, numRuns: 50 },
    );
    const large = Buffer.alloc(5 * 2 ** 20, "0123456789");
    await sandbox.put("/tmp/large", large);
    expect((await sandbox.get("/tmp/large")).equals(large)).toBe(true);
    expect((await sandbox.run("stat -c %s /tmp/large")).stdout).toBe(`${large.length}\n`);
  });

  test.each([
    ["an absolute path", "/etc/passwd", "outside of /work and /tmp"],
    ["dots", "../etc/passwd", "outside of /work and /tmp"],
    ["many dots", "a/../../../../../../etc/passwd", "outside of /work and /tmp"],
    ["a name like the work directory's", "/workshop/file", "outside of /work and /tmp"],
    ["the environment of the supervisor", "/proc/self/environ", "outside of /work and /tmp"],
    ["its descriptors", "/dev/fd/1", "outside of /work and /tmp"],
    ["a link", "link", "outside of /work and /tmp"],
    ["a file behind a link", "folder/passwd", "outside of /work and /tmp"],
    ["a link to a link", "/tmp/second", "outside of /work and /tmp"],
    ["a link in a circle", "circle", /Too many levels|circle/],
    ["a FIFO", "fifo", /no regular file|No such device/],
    ["a directory", "sub", /directory/],
    ["a name with a zero", "a\0b", /null/],
    ["a long name", "x".repeat(300), "File name too long"],
    ["a file that is not its own", "/usr/bin/env", "outside of /work and /tmp"],
  ])("%s is refused, to read and to write", async (_, path, reason) => {
    await using sandbox = await createSandbox();
    await sandbox.run(
      "ln -s /etc/passwd link; ln -s /etc folder; ln -s /work/link /tmp/second; ln -s circle circle; mkfifo fifo; mkdir sub",
    );
    await expect(sandbox.get(path)).rejects.toThrow(reason);
    await expect(sandbox.put(path, "mine")).rejects.toMatchObject({ code: "sandbox_file" });
    expect((await sandbox.run("echo alive; head -1 /etc/passwd")).stdout).toMatch(/^alive\nsandbox:/);
  });

  test("a file larger than a message is refused, not read", async () => {
    await using sandbox = await createSandbox();
    await sandbox.run("truncate -s 60M big");
    await expect(sandbox.get("big")).rejects.toThrow("big has 62914560 bytes, more than 16777216");
  });

  test("a directory that is exchanged for a link between look and use leads nowhere else", async () => {
    await using sandbox = await createSandbox();
    await sandbox.run("mkdir real; echo inside > real/maps; ln -s /proc/self link; cp -r real stay");
    const exchange = `import ctypes, os, time
libc = ctypes.CDLL(None)
end = time.time() + 4
while time.time() < end: libc.renameat2(-100, b"real", -100, b"link", 2)`;
    const swapping = sandbox.run(["/usr/bin/python3", "-I", "-c", exchange]);
    let got = 0;
    for (const end = Date.now() + 3000; Date.now() < end; ) {
      const data = await sandbox.get("real/maps").catch(() => undefined);
      if (data !== undefined && got++ >= 0) expect(data.toString()).toBe("inside\n");
      await sandbox.put("real/new", "x").catch(() => undefined);
      const names = await sandbox.list("real").catch(() => []);
      expect(names).not.toContain("environ");
    }
    await swapping;
    expect(got).toBeGreaterThan(0);
  });
});
