import { setMaxListeners } from "node:events";
import type { DeviceName } from "@cachalot/tensor";
import type { Recipe } from "@cachalot/training";
import { Command } from "commander";
import { requireSharedDatabase } from "../database.js";
import { selectDevice } from "../device.js";
import { CliError } from "../errors.js";
import { deviceOption } from "../options.js";
import { err, out } from "../terminal/output.js";

interface TrainFlags {
  run?: string;
  extend?: true;
  device?: DeviceName;
  json?: true;
  preflight: boolean;
  workers?: true;
}

export function trainCommand(): Command {
  return new Command("train")
    .summary("train a model from a recipe, or resume an interrupted training")
    .description(
      "Trains a model through the stages of a recipe. The run directory holds metrics, checkpoints and the model of " +
        "each finished stage; started again, the command goes on from the last checkpoint to the same losses.",
    )
    .argument("<recipe>", "recipe file, for example recipes/embedded/train.json")
    .option("--run <dir>", "run directory (default: runs/NAME of the recipe)")
    .option(
      "--extend",
      "go on with a finished or unfinished run whose recipe got more steps in its last stage, or stages behind it",
    )
    .addOption(deviceOption())
    .option("--no-preflight", "start reinforcement learning without looking first whether there is something to learn")
    .option(
      "--workers",
      "leave rollouts to processes of cachalot worker --rollouts, on this machine and others, through the PostgreSQL at DATABASE_URL",
    )
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  cachalot prepare recipes/embedded/data.json\n  cachalot train recipes/embedded/train.json\n  cachalot report runs/embedded",
    )
    .action(async (path: string, flags: TrainFlags) => {
      const { createProgress, loadRecipe, located, train } = await import("@cachalot/training");
      const { rolloutBinding } = await import("../training/rollout-binding.js");
      const recipe = await loadRecipe(path);
      if (flags.workers) requireWorkersOf(recipe, path);
      const abort = new AbortController();
      // Every rollout under way listens.
      setMaxListeners(0, abort.signal);
      process.once("SIGINT", () => abort.abort());
      process.once("SIGTERM", () => abort.abort());
      const rl = rolloutBinding({ preflight: flags.preflight, workers: flags.workers ?? false });
      let complete = false;
      try {
        const result = await train(recipe, {
          ...(flags.run ? { runDir: flags.run } : {}),
          ...(flags.extend ? { extend: true } : {}),
          device: selectDevice(flags.device),
          progress: createProgress(),
          signal: abort.signal,
          rl,
        }).catch(async (error: unknown) => {
          throw await located(error, path);
        });
        complete = result.complete;
        if (flags.json) out.json(result);
        else if (result.complete) err.print(`done: the models of all stages are in ${result.runDir}/models\n`);
        else err.print("stopped; the same command goes on from here\n");
      } finally {
        await rl.close(complete);
      }
    });
}

/** @throws CliError `invalid_input` where workers would have nothing to do, or no database to meet in */
function requireWorkersOf({ stages }: Recipe, path: string): void {
  requireSharedDatabase("a training and its rollout workers");
  if (stages.some(({ kind }) => kind === "grpo")) return;
  throw new CliError("invalid_input", `${path} has no stage of rollouts (kind grpo); leave --workers out`);
}
