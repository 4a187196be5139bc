import { existsSync } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { checkpointConfig, loadParameters, type SaveOptions, saveModel, writeManifest } from "@cachalot/model";
import { Command, Option } from "commander";
import { selectDevice } from "../device.js";
import { between } from "../options.js";
import { err } from "../terminal/output.js";

const SIDE_FILES = ["tokenizer.json", "tokenizer_config.json", "generation_config.json"];

export function convertCommand(): Command {
  return new Command("convert")
    .summary("rewrite a checkpoint in another dtype")
    .description(
      "Reads any checkpoint we can load (F32, BF16, F16, FP8 with block scales, 8-bit rows, shards) and writes one file or shards, and manifest.json with the SHA-256 of every file.",
    )
    .argument("<checkpoint>", "checkpoint directory")
    .argument("<output>", "directory to write")
    .addOption(
      new Option("--dtype <dtype>", "of matrices and embeddings; q8: 8-bit rows with a scale each")
        .choices(["f32", "bf16", "q8"])
        .default("bf16"),
    )
    .option("--shard-size <MB>", "most megabytes of weights in a file (default: one file)", between(0.001, 1e6))
    .addHelpText(
      "after",
      "\nExamples:\n  cachalot convert runs/mixed/models/manners-again models/embedded --dtype bf16\n  cachalot convert models/embedded small --dtype q8 --shard-size 4",
    )
    .action(
      async (from: string, to: string, flags: { dtype: NonNullable<SaveOptions["dtype"]>; shardSize?: number }) => {
        const config = await checkpointConfig(from);
        const parameters = await loadParameters(from, config, selectDevice(undefined));
        await mkdir(to, { recursive: true });
        const shardBytes = flags.shardSize === undefined ? undefined : flags.shardSize * 1e6;
        await saveModel(to, config, parameters, { dtype: flags.dtype, shardBytes });
        for (const file of SIDE_FILES)
          if (existsSync(join(from, file))) await copyFile(join(from, file), join(to, file));
        const { files } = await writeManifest(to);
        const bytes = files
          .filter(({ name }) => name.endsWith(".safetensors"))
          .reduce((sum, file) => sum + file.bytes, 0);
        err.print(`wrote ${to}: weights of ${(bytes / 1e6).toFixed(1)} MB\n`);
      },
    );
}
