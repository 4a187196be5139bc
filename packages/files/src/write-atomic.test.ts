import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isTemporary, writeAtomic, writeDirectoryAtomic } from "./write-atomic.js";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-files-"));
});
afterEach(() => rm(dir, { recursive: true }));

test("a reader sees one whole version or the other, however many write at once", async () => {
  const path = join(dir, "file");
  const versions = Array.from({ length: 20 }, (_, i) => String(i).repeat(100_000));
  await writeAtomic(path, versions[0]!);
  const writes = Promise.all(versions.map((version) => writeAtomic(path, version)));
  let done = false;
  void writes.then(() => {
    done = true;
  });
  while (!done) expect(versions).toContain(await readFile(path, "utf8"));
  expect(await readdir(dir)).toEqual(["file"]);
});

test("a writer that fails leaves the old contents and nothing else", async () => {
  const path = join(dir, "file");
  await writeAtomic(path, "old", { mode: 0o600 });
  await expect(
    writeAtomic(path, async (file) => {
      await file.writeFile("half of the n");
      expect((await readdir(dir)).filter(isTemporary)).toHaveLength(1);
      throw new Error("disk full");
    }),
  ).rejects.toThrow("disk full");
  expect(await readFile(path, "utf8")).toBe("old");
  expect(await readdir(dir)).toEqual(["file"]);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("a name that is no UTF-8 is written like any other", async () => {
  const path = Buffer.concat([Buffer.from(`${dir}/`), Buffer.from([0xff, 0xfe])]);
  await writeAtomic(path, Uint8Array.of(1, 2, 3));
  expect([...(await readFile(path))]).toEqual([1, 2, 3]);
});

test("a directory takes the place of the old one when it is full, or not at all", async () => {
  const path = join(dir, "model");
  await mkdir(path);
  await writeFile(join(path, "old"), "");
  await expect(writeDirectoryAtomic(path, () => Promise.reject(new Error("stopped")))).rejects.toThrow("stopped");
  expect(await readdir(path)).toEqual(["old"]);
  await writeDirectoryAtomic(path, (temporary) => writeFile(join(temporary, "new"), ""));
  expect(await readdir(path)).toEqual(["new"]);
  expect(await readdir(dir)).toEqual(["model"]);
});

test("names of finished files are no temporary ones", () => {
  for (const name of ["a.tmp", "00001-dense-3", "x.0123456789ab", "0123456789ab.tmp"])
    expect(isTemporary(name)).toBe(false);
});
