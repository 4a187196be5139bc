import { CausalLM, loadParameters, readConfig, withoutMtp, writeSafetensors } from "@cachalot/model";
import type { DeviceName } from "@cachalot/tensor";
import { Command, Option } from "commander";
import * as z from "zod";
import { selectDevice } from "../device.js";
import { CliError } from "../errors.js";
import { deviceOption } from "../options.js";
import { readJson } from "../read-input.js";
import { err } from "../terminal/output.js";

interface LogitsFlags {
  tokensFile: string;
  output: string;
  device?: DeviceName;
  attention?: "dense" | "sparse";
}

const tokensSchema = z.array(z.array(z.number().int().min(0)).min(1)).min(1);

export function logitsCommand(): Command {
  return new Command("logits")
    .summary("write the logits of token sequences to a safetensors file")
    .description("The file holds one float32 tensor, logits [sequences, tokens, vocabulary].")
    .argument("<checkpoint>", "checkpoint directory")
    .requiredOption("--tokens-file <ids.json>", "a JSON array of equally long arrays of token ids")
    .requiredOption("-o, --output <file>", "the safetensors file to write")
    .addOption(deviceOption())
    .addOption(
      new Option("--attention <mode>", "default: sparse where the model has an indexer").choices(["dense", "sparse"]),
    )
    .addHelpText(
      "after",
      "\nExample:\n  echo '[[0,17,42,9]]' > ids.json\n  cachalot logits models/embedded --tokens-file ids.json --output out.safetensors",
    )
    .action(async (path: string, flags: LogitsFlags) => {
      const config = withoutMtp(await readConfig(path));
      const rows = await readTokenRows(flags.tokensFile, config.vocabSize);
      const device = selectDevice(flags.device);
      if (flags.attention === "sparse" && !config.indexer)
        throw new CliError("invalid_input", `${path} has no indexer; only --attention dense is possible`);
      const model = new CausalLM(config, device, await loadParameters(path, config, device));
      const S = rows[0]!.length;
      const logits = new Float32Array(rows.length * S * config.vocabSize);
      rows.forEach((tokens, b) => {
        const cache = model.createCache();
        const options = { logits: "all" as const, ...(flags.attention ? { attention: flags.attention } : {}) };
        logits.set(model.prefill(Int32Array.from(tokens), cache, options), b * S * config.vocabSize);
        cache.dispose();
      });
      model.dispose();
      const shape = [rows.length, S, config.vocabSize];
      await writeSafetensors(flags.output, [{ name: "logits", dtype: "f32", shape, data: logits }]);
      err.print(`wrote logits [${shape.join(", ")}] to ${flags.output}\n`);
    });
}

async function readTokenRows(path: string, vocabSize: number): Promise<number[][]> {
  const result = tokensSchema.safeParse(await readJson(path));
  if (!result.success)
    throw new CliError("invalid_input", `${path} must be a JSON array of arrays of token ids, like [[0, 17], [0, 42]]`);
  const rows = result.data;
  const uneven = rows.findIndex((row) => row.length !== rows[0]!.length);
  if (uneven >= 0)
    throw new CliError(
      "invalid_input",
      `${path}: row ${uneven} has ${rows[uneven]!.length} tokens, row 0 has ${rows[0]!.length}; make them equal`,
    );
  const stranger = rows.flat().find((id) => id >= vocabSize);
  if (stranger !== undefined)
    throw new CliError("invalid_input", `${path}: token ${stranger} is outside the vocabulary of ${vocabSize}`);
  return rows;
}
