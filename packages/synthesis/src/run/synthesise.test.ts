import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pipelineNamed } from "../pipelines/index.js";
import { withSandbox } from "../testing/with-sandbox.js";
import { synthesise } from "./synthesise.js";

let out: string;
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), "cachalot-run-"));
});
afterAll(() => rm(out, { recursive: true }));

const request = (options: object) => ({ pipeline: pipelineNamed("interpreter"), options, out });
const options = { count: 2, generators: ["coprime-pairs", "partitions"], levels: [0] };

test("options a pipeline does not take are refused by name", async () => {
  await expect(synthesise(request({ counts: 2 }))).rejects.toThrow(/interpreter: .*counts/s);
});

withSandbox("a run", () => {
  test("goes on where it was: what is done is not done again, and another run is refused", async () => {
    const first = await synthesise(request(options));
    expect(first.funnel).toMatchObject({ seeds: 2, kept: 2 });
    expect(JSON.parse(await readFile(join(out, "funnel.json"), "utf8"))).toMatchObject({ kept: 2, tasks: first.tasks });
    const written = (await stat(join(out, first.tasks[0]!, "task.toml"))).mtimeMs;
    expect(await synthesise(request(options))).toEqual(first);
    expect((await stat(join(out, first.tasks[0]!, "task.toml"))).mtimeMs).toBe(written);
    await expect(synthesise(request({ ...options, seed: 9 }))).rejects.toThrow(/another run/);
  }, 300_000);
});
