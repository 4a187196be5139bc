import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCheckpoint } from "@cachalot/model";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cachalot, golden, start } from "./support/cachalot.js";

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
    expect.arrayContaining(["serve", "chat", "generate", "encode", "doctor", "inspect", "train", "logits", "parity"]),
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

test("doctor names the message, the rule and the fix; exit status 1 when something is wrong", async () => {
  const call = { id: "c", type: "function", function: { name: "f", arguments: "{}" } };
  const tools = [{ type: "function", function: { name: "f" } }];
  const result = { role: "tool", tool_call_id: "c", content: "ok" };
  const assistant = { role: "assistant", content: null, tool_calls: [call] };
  const request = { messages: [{ role: "user", content: "Hi" }, assistant, result], tools, top_k: 3 };
  const bad = await cachalot(["doctor", "-"], JSON.stringify(request));
  expect(bad.status).toBe(1);
  expect(bad.stdout.trim().split("\n")).toEqual([
    expect.stringMatching(/^-: refused-parameter: top_k: .*; remove it$/),
    expect.stringMatching(/^-:1: missing-reasoning: messages\[1\]\.reasoning_content: .*; send back/),
  ]);
  const json = await cachalot(["doctor", "-", "--json", "--profile", "vllm"], JSON.stringify(request));
  expect(json.status).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject([{ rule: "missing-reasoning", index: 1 }]);
  const kept = { ...request, messages: [request.messages[0], { ...assistant, reasoning_content: "hm" }, result] };
  const good = await cachalot(["doctor", "-", "--profile", "vllm"], JSON.stringify(kept));
  expect(good).toEqual({ status: 0, stdout: "-: nothing found\n", stderr: "" });
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
  [["doctor", "nowhere.json"], "cannot read nowhere.json"],
  [["frobnicate"], "unknown command"],
])("%j fails with one clear line", async (args, message) => {
  const { status, stderr } = await cachalot(args);
  expect(status).toBe(1);
  expect(stderr).toContain(message);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test("a reader that leaves early is no error", async () => {
  const child = start(["--help"]);
  let errors = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (errors += text));
  child.stdout!.destroy();
  const status = await new Promise((resolve) => child.once("close", resolve));
  expect({ status, errors }).toEqual({ status: 0, errors: "" });
});
