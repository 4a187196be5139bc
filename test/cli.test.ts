import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCheckpoint } from "@cachalot/model";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cachalot, golden } from "./support/cachalot.js";

const plain = join(golden, "model", "plain");
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-cli-"));
});
afterAll(() => rm(dir, { recursive: true }));

test("every command explains itself with an example", async () => {
  const { stdout } = await cachalot(["--help"]);
  const commands = [...stdout.matchAll(/^ {2}([a-z]+) \[options\]/gm)].map(([, name]) => name!);
  expect(commands).toEqual(
    expect.arrayContaining(["serve", "chat", "generate", "encode", "inspect", "train", "logits", "parity"]),
  );
  await Promise.all(
    commands.map(async (command) => {
      const help = await cachalot([command, "--help"]);
      expect(help.status).toBe(0);
      expect(help.stdout, command).toMatch(/Examples?:\n.*cachalot /s);
    }),
  );
});

test("parity: one line per file, exit 1 past a tolerance", async () => {
  const good = await cachalot(["parity", plain]);
  expect(good.status).toBe(0);
  expect(good.stdout.trim().split("\n")).toHaveLength(4);
  expect(good.stdout).not.toContain("FAIL");
  for (const file of ["config.json", "model.safetensors", "expected.safetensors"])
    await writeFile(join(dir, file), await readFile(join(plain, file)));
  const config = JSON.parse(await readFile(join(dir, "config.json"), "utf8")) as object;
  await writeFile(join(dir, "config.json"), JSON.stringify({ ...config, routed_scaling_factor: 2.4 }));
  const bad = await cachalot(["parity", dir]);
  expect(bad.status).toBe(1);
  expect(bad.stdout).toContain("FAIL expected.safetensors");
});

test("logits writes what parity compares", async () => {
  const checkpoint = await openCheckpoint(join(plain, "expected.safetensors"));
  const { shape, data } = await checkpoint.read("tokens");
  const expected = await checkpoint.readF32("prefill_logits");
  const S = checkpoint.info("prefill_logits").shape[1]!;
  await checkpoint.close();
  const all = Array.from(data as BigInt64Array, Number);
  const rows = Array.from({ length: shape[0]! }, (_, b) => all.slice(b * shape[1]!, b * shape[1]! + S));
  const [ids, output] = [join(dir, "ids.json"), join(dir, "out.safetensors")];
  await writeFile(ids, JSON.stringify(rows));
  expect((await cachalot(["logits", plain, "--tokens-file", ids, "--output", output])).status).toBe(0);
  const written = await openCheckpoint(output);
  expect(written.info("logits")).toEqual({ dtype: "F32", shape: [shape[0], S, 160] });
  const logits = await written.readF32("logits");
  await written.close();
  expect(Math.max(...logits.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(2e-4);
  await writeFile(ids, "[[1,2],[3]]");
  const uneven = await cachalot(["logits", plain, "--tokens-file", ids, "--output", output]);
  expect(uneven).toMatchObject({ status: 1, stderr: expect.stringContaining("row 1 has 1 tokens, row 0 has 2") });
});

test("encode gives the authors' prompt", async () => {
  const input = JSON.parse(await readFile(join(golden, "encoding", "official_input.json"), "utf8")) as {
    tools: unknown;
    messages: object[];
  };
  const messages = [{ ...input.messages[0], tools: input.tools }, ...input.messages.slice(1)];
  const { stdout } = await cachalot(["encode", "-"], JSON.stringify(messages));
  expect(stdout).toBe(await readFile(join(golden, "encoding", "official_output.txt"), "utf8"));
});

test("inspect reads a config without weights", async () => {
  const { status, stdout } = await cachalot(["inspect", join(plain, "config.json"), "--json", "--context", "100"]);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ contextLength: 100, cacheValuesPerToken: { latent: 40, indexer: 32 } });
});

test.each([
  [["inspect", "nowhere.json"], "nowhere.json"],
  [["serve", "--model", "nowhere"], "no checkpoint at nowhere"],
  [["generate", "x", "--temperature", "-1"], "must be from 0"],
  [["train", "nowhere.json"], "cannot read recipe"],
  [["report", "nowhere"], "nowhere"],
  [["encode", "nowhere.json"], "cannot read nowhere.json"],
  [["frobnicate"], "unknown command"],
])("%j fails with one clear line", async (args, message) => {
  const { status, stderr } = await cachalot(args);
  expect(status).toBe(1);
  expect(stderr).toContain(message);
  expect(stderr).not.toMatch(/^\s+at /m);
});
