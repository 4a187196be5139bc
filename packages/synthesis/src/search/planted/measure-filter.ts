/** Precision and recall of the filter on a planted set, with a reader that errs at a given rate. */

import { Draw, hashText } from "@cachalot/tensor";
import { Dropped } from "../../pipeline.js";
import type { EntityGraph } from "../graph/entity-graph.js";
import type { Verdict } from "../judge-page.js";
import type { SearchDesk } from "../search-tools.js";
import type { Reader } from "../verify/reader.js";
import { VERIFY, verifySample } from "../verify/verify-sample.js";
import type { PlantedSample } from "./plant-samples.js";

export interface FilterMeasure {
  /** Share of good samples among those that were kept; null where none was. */
  precision: number | null;
  /** Share of the good samples that were kept. */
  recall: number;
  kept: { good: number; bad: number };
  /** For each kind, how many there were and what became of them: "kept", or the reason. */
  kinds: Record<string, Record<string, number>>;
}

export interface FilterSetting {
  reader: Reader;
  passes: number;
  /** Searches for other answers. Default as in the pipeline. */
  searches?: number;
  /** With it uniqueness is decided exactly; without it by what searches find and the reader says. */
  graph?: EntityGraph;
  seed: number;
}

export async function measureFilter(
  planted: readonly PlantedSample[],
  desk: SearchDesk,
  { seed, ...setting }: FilterSetting,
): Promise<FilterMeasure> {
  const kinds: FilterMeasure["kinds"] = {};
  for (const { sample, kind } of planted) {
    const draw = new Draw(hashText(`${seed} ${sample.answer.id}`));
    const outcome = await verifySample(sample, desk.tools(), { ...VERIFY, ...setting, draw }).then(
      () => "kept",
      (error: unknown) => {
        if (error instanceof Dropped) return error.reason;
        throw error;
      },
    );
    kinds[kind] ??= {};
    kinds[kind][outcome] = (kinds[kind][outcome] ?? 0) + 1;
  }
  const keptOf = (names: readonly string[]) => names.reduce((sum, name) => sum + (kinds[name]?.kept ?? 0), 0);
  const kept = { good: keptOf(["good"]), bad: keptOf(Object.keys(kinds).filter((name) => name !== "good")) };
  const good = planted.filter(({ kind }) => kind === "good").length;
  const all = kept.good + kept.bad;
  return { precision: all === 0 ? null : kept.good / all, recall: kept.good / good, kept, kinds };
}

/** Another reader's verdicts, of which a share is turned round: each pass errs on its own. */
export function erringReader(reader: Reader, errorRate: number, seed: number): Reader {
  return {
    name: `${reader.name}, ${errorRate} wrong`,
    async read(id, claim, tools, pass) {
      const verdict = await reader.read(id, claim, tools, pass);
      const draw = new Draw(hashText(`${seed} ${pass} ${id} ${claim.text}`));
      if (verdict === undefined || !draw.chance(errorRate)) return verdict;
      return { ...verdict, holds: !verdict.holds, ...(verdict.holds ? { why: "misread" } : {}) };
    },
  };
}

/** A reader that does not read the same claim of the same page twice. For readers whose passes are all the same. */
export function rememberingReader(reader: Reader): Reader {
  const known = new Map<string, Promise<Verdict | undefined>>();
  return {
    name: reader.name,
    read(id, claim, tools, pass) {
      const key = `${id}\0${JSON.stringify(claim)}`;
      if (!known.has(key)) known.set(key, reader.read(id, claim, tools, pass));
      return known.get(key)!;
    },
  };
}
