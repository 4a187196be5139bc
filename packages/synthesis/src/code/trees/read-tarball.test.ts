import { gzipSync } from "node:zlib";
import { type Header, pack } from "tar-stream";
import { describe, expect, it } from "vitest";
import { readTarball } from "./read-tarball.js";

type Entry = Partial<Header> & { name: string } & { data?: Buffer };

async function tarball(...entries: Entry[]): Promise<Buffer> {
  const archive = pack();
  for (const { data = Buffer.alloc(0), ...header } of entries)
    if (header.type === "file" || header.type === undefined) archive.entry(header, data);
    else archive.entry(header, "");
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks), { level: 9 });
}

const file = (name: string, data = "x"): Entry => ({ name, data: Buffer.from(data) });

describe("readTarball", () => {
  it("reads files below the first folder, with their mode", async () => {
    const files = await readTarball(
      await tarball(file("package/lib/a.js", "a"), { ...file("package/run.sh"), mode: 0o755 }),
    );
    expect([...files].map(([path, { executable }]) => [path, executable])).toEqual([
      ["lib/a.js", false],
      ["run.sh", true],
    ]);
  });

  it.each([
    "package/../../etc/passwd",
    "/etc/passwd",
    "package/a/../../b",
    "package/.git/config",
    "package/a//b",
    "package/a\\..\\b",
    "lonely",
  ])("refuses the path %s", async (name) => {
    await expect(readTarball(await tarball(file(name)))).rejects.toMatchObject({ reason: "unsafe-path" });
  });

  it.each(["symlink", "link"] as const)("refuses a %s", async (type) => {
    const archive = await tarball({ name: "package/a", type, linkname: "/etc/passwd" });
    await expect(readTarball(archive)).rejects.toMatchObject({ reason: "unsafe-path" });
  });

  it("stops a zip bomb at its limit", async () => {
    const archive = await tarball({ name: "package/zeros", data: Buffer.alloc(100 * 2 ** 20) });
    expect(archive.length).toBeLessThan(2 ** 20);
    await expect(readTarball(archive)).rejects.toMatchObject({ reason: "too-large" });
  });

  it.each([
    ["no gzip", Buffer.from("not an archive")],
    ["nothing", Buffer.alloc(0)],
  ])("says that %s is unreadable", async (_, data) => {
    await expect(readTarball(data)).rejects.toMatchObject({ reason: "unreadable" });
  });

  it("says that an archive cut off in the middle is unreadable", async () => {
    const archive = await tarball(file("package/a", "a".repeat(10_000)));
    await expect(readTarball(archive.subarray(0, archive.length / 2))).rejects.toMatchObject({ reason: "unreadable" });
  });
});
