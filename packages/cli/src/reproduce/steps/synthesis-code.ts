/** A sample of the code pipeline, as far as it goes without a network: commits of a history made on the spot. */

import { resolve } from "node:path";
import { writeDirectoryAtomic } from "@cachalot/files";
import { writeExampleHistory } from "../example-history.js";
import { defineStep } from "../step.js";
import { type SynthesisSample, synthesisSample } from "../synthesis-sample.js";

const LEFT_OUT =
  "npm version pairs and projects from elsewhere, which must be downloaded: the commits mined here are of a small history that this step makes";

export const codeTasks = defineStep<SynthesisSample>({
  name: "synthesis-code",
  title: "task synthesis: a sample of the code pipeline, offline",
  needs: [],
  recipes: () => [],
  settings: (scale) => scale.synthesis.code,
  async run(context) {
    const { scale, dir } = context;
    const history = resolve(dir, "history");
    try {
      await writeDirectoryAtomic(history, writeExampleHistory);
    } catch (error) {
      return { drops: {}, tasks: [], leftOut: `no history could be made: ${(error as Error).message}` };
    }
    const sample = await synthesisSample("code", { ...scale.synthesis.code, git: [history] }, context);
    return { ...sample, leftOut: sample.leftOut ?? LEFT_OUT };
  },
});
