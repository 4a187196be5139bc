/** Task folders under evaluation: what this machine cannot honour is no failure of the agent, and neither is a verifier without a verdict. */

import { type Graded, SynthesisError } from "@cachalot/synthesis";
import { type Grade, notMeasured, right, wrong } from "../benchmark.js";
import { EvalsError } from "../errors.js";

/** Of what a verifier printed, the end. */
const SAID = 600;
/** How verifiers of mined tasks name a test. */
const BROKEN = /^(?:FAIL_TO_PASS|PASS_TO_PASS) is broken: /;

/** @throws EvalsError `unsupported` for a world that cannot be built here */
export async function inWorld<T>(build: () => Promise<T>): Promise<T> {
  try {
    return await build();
  } catch (error) {
    if (!(error instanceof SynthesisError) || error.code === "failed") throw error;
    throw new EvalsError("unsupported", error.message, { cause: error });
  }
}

/** Only the whole reward is right, as in Terminal-Bench. */
export function gradeOfReward({ reward, problem, said, ended }: Graded): Grade {
  const broken = said.split("\n").filter((line) => BROKEN.test(line));
  const end = (broken.length > 0 ? broken.join("; ") : said.trim()).slice(-SAID);
  if (reward === undefined) {
    const why = `${problem ?? "the verifier gave no reward"}: ${end}`;
    return ended === "timeout" ? notMeasured("timed out", why) : notMeasured("infrastructure", why);
  }
  const because = `reward ${reward}${end === "" ? "" : `: ${end}`}`;
  return reward >= 1 ? right(because, `reward ${reward}`) : wrong(because, `reward ${reward}`);
}
