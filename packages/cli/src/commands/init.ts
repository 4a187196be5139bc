import { initializeParameters, readConfig, saveModel } from "@cachalot/model";
import { Command, Option } from "commander";
import { selectDevice } from "../device.js";
import { wholeNumber } from "../options.js";
import { err } from "../terminal/output.js";

export function initCommand(): Command {
  return new Command("init")
    .summary("make a checkpoint with random weights")
    .description("Writes a checkpoint of the shape a config.json describes, for benchmarks and as a start of training.")
    .argument("<config>", "config.json, or a directory with one")
    .argument("<output>", "directory to write")
    .option("--seed <number>", "the same seed gives the same weights", wholeNumber(0), 0)
    .addOption(new Option("--dtype <dtype>", "of matrices and embeddings").choices(["f32", "bf16"]).default("bf16"))
    .addHelpText("after", "\nExample:\n  cachalot init bench/dsa-100m/config.json data/dsa-100m --seed 1")
    .action(async (path: string, output: string, flags: { seed: number; dtype: "f32" | "bf16" }) => {
      const config = await readConfig(path);
      const parameters = initializeParameters(config, selectDevice(undefined), flags.seed);
      await saveModel(output, config, parameters, { dtype: flags.dtype });
      err.print(`wrote ${output}\n`);
    });
}
