import { existsSync } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { checkpointConfig, loadParameters, saveModel } from "@cachalot/model";
import { Command, Option } from "commander";
import { selectDevice } from "../device.js";
import { err } from "../terminal/output.js";

const SIDE_FILES = ["tokenizer.json", "tokenizer_config.json", "generation_config.json"];

export function convertCommand(): Command {
  return new Command("convert")
    .summary("rewrite a checkpoint in another dtype")
    .description(
      "Reads any checkpoint we can load (F32, BF16, F16, FP8 with block scales, shards) and writes one file.",
    )
    .argument("<checkpoint>", "checkpoint directory")
    .argument("<output>", "directory to write")
    .addOption(new Option("--dtype <dtype>", "of matrices and embeddings").choices(["f32", "bf16"]).default("bf16"))
    .addHelpText("after", "\nExample:\n  cachalot convert runs/embedded/models/sparse models/embedded --dtype bf16")
    .action(async (from: string, to: string, flags: { dtype: "f32" | "bf16" }) => {
      const config = await checkpointConfig(from);
      const parameters = await loadParameters(from, config, selectDevice(undefined));
      await mkdir(to, { recursive: true });
      await saveModel(to, config, parameters, { dtype: flags.dtype });
      for (const file of SIDE_FILES) if (existsSync(join(from, file))) await copyFile(join(from, file), join(to, file));
      err.print(`wrote ${to}\n`);
    });
}
