import { basename, dirname, join, resolve } from "node:path";
import { Command } from "commander";
import { err, out } from "../terminal/output.js";

export function prepareCommand(): Command {
  return new Command("prepare")
    .summary("make training data from a data recipe")
    .description(
      "Downloads the text a data recipe names (Debian packages, through apt-get), trains the tokenizer and encodes text " +
        "and generated conversations. The same recipe gives the same bytes; finished data is not made again.",
    )
    .argument("<recipe>", "data recipe, for example recipes/embedded/data.json")
    .option("-o, --output <dir>", "where the data goes (default: data/DIRECTORY of the recipe)")
    .option("--json", "print the manifest as JSON")
    .addHelpText("after", "\nExample:\n  cachalot prepare recipes/embedded/data.json")
    .action(async (path: string, flags: { output?: string; json?: true }) => {
      const { formatManifest, prepareData, readDataRecipe } = await import("@cachalot/training");
      const recipe = await readDataRecipe(path);
      let shown = "";
      const manifest = await prepareData(recipe, flags.output ?? join("data", basename(dirname(resolve(path)))), {
        onProgress({ stage, done, total }) {
          const line = `${stage} ${Math.floor((100 * done) / Math.max(total, 1))}%`;
          if (line === shown) return;
          shown = line;
          if (err.isTerminal) err.status(line);
          else if (done === total) err.print(`${line}\n`);
        },
      });
      err.status("");
      if (flags.json) out.json(manifest);
      else out.print(`${formatManifest(manifest)}\n`);
    });
}
