import { expect, test } from "vitest";
import { openCheckpoint } from "../checkpoint/index.js";
import { parseConfig, readConfig } from "../config/index.js";
import { golden } from "../testing/golden.js";
import { publishedConfig } from "../testing/published-config.js";
import { inspectConfig } from "./inspect-config.js";

test("the published model has 671B parameters, 37B of them active, and caches 704 values a layer", () => {
  const facts = inspectConfig(parseConfig(publishedConfig), 131_072);
  expect(Math.floor(facts.parameters.total / 1e9)).toBe(671);
  expect(Math.floor(facts.parameters.active / 1e9)).toBe(37);
  expect(facts.cacheValuesPerToken).toEqual({ latent: 576, indexer: 128 });
  expect(facts.cacheBytesPerToken.bf16).toBe(62 * 704 * 2);
  expect(facts.mtpCacheBytesPerToken).toEqual({ bf16: 704 * 2, f32: 704 * 4 });
  // Published as 14B, with copies of the embedding and the head it shares with the model: 1.9B.
  expect(facts.parameters.mtp / 1e9).toBeCloseTo(11.5, 0);
});

test("parameters are counted as a checkpoint stores them", async () => {
  const checkpoint = await openCheckpoint(golden("plain"));
  let stored = 0;
  for (const name of checkpoint.names()) stored += checkpoint.info(name).shape.reduce((a, b) => a * b, 1);
  await checkpoint.close();
  expect(inspectConfig(await readConfig(golden("plain")), 1).parameters.total).toBe(stored);
});
