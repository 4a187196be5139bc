import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { formatManifest, openDataset, parseDataRecipe, prepareData } from "@cachalot/training";
import { expect, test } from "vitest";

const path = fileURLToPath(new URL("../../data.json", import.meta.url));

async function hashes(dir: string): Promise<Record<string, string>> {
  const names = (await readdir(dir)).sort();
  const digests = await Promise.all(
    names.map(async (name) =>
      createHash("sha256")
        .update(await readFile(join(dir, name)))
        .digest("hex"),
    ),
  );
  return Object.fromEntries(names.map((name, i) => [name, digests[i]!]));
}

/** Needs apt-get and a package mirror. */
test("a small recipe is prepared twice to the same bytes, and opens", async () => {
  const json = JSON.parse(await readFile(path, "utf8"));
  const small = {
    ...json,
    text: { corpora: { "moby-dick": { characters: 600_000 } } },
    chat: { ...json.chat, tokens: 60_000, words: 50 },
  };
  const recipe = parseDataRecipe(small, dirname(path));
  const dir = await mkdtemp(join(tmpdir(), "cachalot-prepare-"));
  try {
    const cacheDir = join(dir, "packages");
    const stages = new Set<string>();
    const manifest = await prepareData(recipe, join(dir, "a"), {
      cacheDir,
      onProgress: ({ stage }) => stages.add(stage),
    });
    expect([...stages]).toEqual(["material", "tokenizer", "text", "chat"]);
    await prepareData(recipe, join(dir, "b"), { cacheDir });
    expect(await hashes(join(dir, "b"))).toEqual(await hashes(join(dir, "a")));
    expect(await prepareData(recipe, join(dir, "a"), { cacheDir: "/nowhere" })).toEqual(manifest);
    expect(formatManifest(manifest)).toContain("moby-dick");
    const dataset = await openDataset(join(dir, "a"));
    const { inputs } = dataset.batch({ parts: { text: 1, chat: 1 }, batch: 2, seq: 512, seed: 0, step: 0 });
    expect(inputs.every((token) => token < 4096)).toBe(true);
    expect(dataset.heldout("chat", 1, 1024).length).toBeGreaterThan(0);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
