import { existsSync, statSync } from "node:fs";
import { checkpointConfig, inspectConfig, openCheckpoint, readConfig } from "@cachalot/model";
import { Command } from "commander";
import { wholeNumber } from "../options.js";
import { formatBytes, formatCount, table } from "../table.js";
import { out } from "../terminal/output.js";

export function inspectCommand(): Command {
  return new Command("inspect")
    .summary("show a model's parameters, cache and memory")
    .description("Works on a checkpoint directory, or on a config.json alone: no weights are needed.")
    .argument("<checkpoint>", "checkpoint directory or config.json")
    .option("--context <tokens>", "context length for the memory estimate (default: the model's)", wholeNumber(1))
    .option("--json", "print as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  cachalot inspect models/embedded\n  cachalot inspect DeepSeek-V3.2/config.json --context 131072",
    )
    .action(async (path: string, flags: { context?: number; json?: true }) => {
      const stored = await storedBytes(path);
      const config = stored === undefined ? await readConfig(path) : await checkpointConfig(path);
      const facts = inspectConfig(config, flags.context ?? config.maxPositionEmbeddings);
      if (flags.json) {
        out.json({ ...facts, ...(stored ? { storedBytes: stored } : {}), config });
        return;
      }
      const { parameters, cacheValuesPerToken: cache } = facts;
      const weights = parameters.total + parameters.mtp;
      const rows: [string, string][] = [
        [
          "layers",
          `${config.numHiddenLayers} (${config.firstKDenseReplace} dense, ${facts.moeLayers} mixture of experts)`,
        ],
        ["parameters", formatCount(parameters.total)],
        ["  active per token", formatCount(parameters.active)],
        ["  embeddings and head", formatCount(parameters.embedding)],
        ["  attention", formatCount(parameters.attention)],
        ["  lightning indexer", config.indexer ? formatCount(parameters.indexer) : "none: dense attention only"],
        ["  experts and MLPs", formatCount(parameters.mlp)],
        ...(parameters.mtp > 0
          ? ([["multi-token prediction", `${formatCount(parameters.mtp)} more, to draft with`]] as [string, string][])
          : []),
        ["weights", `${formatBytes(weights * 2)} in bf16, ${formatBytes(weights * 4)} in f32`],
        ...(stored ? ([["  on disk", formatBytes(stored)]] as [string, string][]) : []),
        ["selected tokens", config.indexer ? `${config.indexer.topk} of ${config.maxPositionEmbeddings}` : "all"],
        [
          "cache per token",
          `${formatBytes(facts.cacheBytesPerToken.bf16)} in bf16, ${formatBytes(facts.cacheBytesPerToken.f32)} in f32 ` +
            `(${cache.latent} latent + ${cache.indexer} indexer values a layer)`,
        ],
        ...(facts.mtpCacheBytesPerToken.bf16 > 0
          ? ([
              [
                "  without drafting",
                `${facts.cacheBytesPerToken.bf16 - facts.mtpCacheBytesPerToken.bf16} B in bf16: the multi-token-prediction layer takes ${facts.mtpCacheBytesPerToken.bf16} B`,
              ],
            ] as [string, string][])
          : []),
        [
          `memory at ${facts.contextLength} tokens`,
          `${formatBytes(facts.memoryBytes.bf16)} in bf16, ${formatBytes(facts.memoryBytes.f32)} in f32 (weights + one cache)`,
        ],
      ];
      out.print(table(rows));
    });
}

/** Size of the weights where they are there. */
async function storedBytes(path: string): Promise<number | undefined> {
  if (!existsSync(path) || !statSync(path).isDirectory()) return undefined;
  const checkpoint = await openCheckpoint(path).catch((error: { code?: string }) => {
    if (error.code === "missing_file") return undefined;
    throw error;
  });
  if (!checkpoint) return undefined;
  const { bytes } = checkpoint;
  await checkpoint.close();
  return bytes;
}
