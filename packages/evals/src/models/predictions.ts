/** Predictions of SWE-bench as a model: it answers every instance with the patch that a file has for it. */

import { createScriptedModel } from "@cachalot/chat";
import { readRows, textField } from "../data/read-rows.js";
import { EvalsError } from "../errors.js";
import type { ModelFor } from "./scripted.js";

const EXPECTS = '{"instance_id": "...", "model_patch": "diff --git ..."}';

/**
 * `predictions:FILE`. An instance without a prediction gets no answer, as in SWE-bench.
 * @returns undefined for other names
 * @throws EvalsError `missing_data`, or `bad_data` with the line and the field
 */
export async function predictionsModel(name: string): Promise<ModelFor | undefined> {
  const [, file] = /^predictions:(.+)$/.exec(name) ?? [];
  if (file === undefined) return undefined;
  const patches = new Map<string, string>();
  for (const row of await readRows(file)) {
    const id = textField(row, ["instance_id"], EXPECTS);
    const { model_patch: patch } = row.fields;
    if (typeof patch !== "string" && patch !== null)
      throw new EvalsError("bad_data", `${row.where}: model_patch is no text; expected ${EXPECTS}`);
    if (patches.has(id)) throw new EvalsError("bad_data", `${row.where}: ${id} is there twice; keep one prediction`);
    patches.set(id, patch ?? "");
  }
  return (_, { id }) => createScriptedModel({ id: name, contextLength: 1 << 24, turns: [patches.get(id) ?? ""] });
}
