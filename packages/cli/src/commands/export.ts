import { exportGguf } from "@cachalot/model";
import { Command, Option } from "commander";
import { formatBytes } from "../table.js";
import { err } from "../terminal/output.js";

export function exportCommand(): Command {
  return new Command("export")
    .summary("write a checkpoint for llama.cpp (GGUF)")
    .description("Writes one GGUF file that llama.cpp's deepseek32 runs: the same weights, tokenizer included.")
    .argument("<checkpoint>", "checkpoint directory")
    .requiredOption("--gguf <file>", "the file to write")
    .addOption(new Option("--dtype <dtype>", "of matrices").choices(["f32", "bf16", "q8_0"]).default("f32"))
    .addHelpText("after", "\nExample:\n  cachalot export models/embedded --gguf embedded.gguf --dtype bf16")
    .action(async (path: string, flags: { gguf: string; dtype: "f32" | "bf16" | "q8_0" }) => {
      const bytes = await exportGguf(path, flags.gguf, { dtype: flags.dtype });
      err.print(`wrote ${flags.gguf} (${formatBytes(bytes)})\n`);
    });
}
