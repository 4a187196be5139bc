/** Readers: who decides whether a claim holds of a page. One reads exactly. */

import { judgePage, type Verdict } from "../judge-page.js";
import type { SearchTools } from "../search-tools.js";
import type { Claim } from "./sample.js";

export interface Reader {
  readonly name: string;
  /** @returns undefined where the page cannot be opened, or nothing can be told from it */
  read(id: string, claim: Claim, tools: SearchTools, pass: number): Promise<Verdict | undefined>;
}

/** Reads what stands on the page, and on those that its links lead to. Claims in words alone it cannot tell. */
export const exactReader: Reader = {
  name: "exact",
  async read(id, { constraint }, tools) {
    const page = await tools.open(id);
    return page && constraint && judgePage(page, constraint, tools);
  },
};

/**
 * What most of several passes say; undefined without a majority. Passes that could not tell count against both.
 * @param passes an odd number
 */
export async function majority(
  reader: Reader,
  id: string,
  claim: Claim,
  tools: SearchTools,
  passes: number,
): Promise<Verdict | undefined> {
  const verdicts: (Verdict | undefined)[] = [];
  for (let pass = 0; pass < passes; pass++) verdicts.push(await reader.read(id, claim, tools, pass));
  for (const side of [true, false]) {
    const same = verdicts.filter((verdict) => verdict?.holds === side);
    if (2 * same.length > passes) return same[0];
  }
  return undefined;
}
