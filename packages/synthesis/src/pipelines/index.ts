/** The pipelines there are: one file and one line each. */

import { code } from "../code/pipeline.js";
import { SynthesisError } from "../errors.js";
import type { Pipeline } from "../pipeline.js";
import { search } from "../search/pipeline.js";
import { general } from "./general/general.js";
import { interpreter } from "./interpreter/interpreter.js";

export const PIPELINES: readonly Pipeline[] = [code, search, general, interpreter];

/** @throws SynthesisError `unknown_pipeline` */
export function pipelineNamed(name: string): Pipeline {
  const pipeline = PIPELINES.find((pipeline) => pipeline.name === name);
  if (pipeline) return pipeline;
  const names = PIPELINES.map(({ name }) => name).join(", ");
  throw new SynthesisError("unknown_pipeline", `there is no pipeline ${name}; there are ${names}`);
}
