/** Hunt: a scripted search agent. It looks for pages that a link describes, then for pages that name them, and reads what it finds. */

import type { Draw } from "@cachalot/tensor";
import type { ReadFact } from "./corpora/corpus-kind.js";
import { type Constraint, searchWords } from "./graph/constraint.js";
import { judgeAll } from "./judge-page.js";
import type { ReadPage, SearchCall, SearchTools } from "./search-tools.js";

export interface HuntOptions {
  searches: number;
  /** Pages whose claims are checked; those that links lead to are not counted. */
  pages: number;
  /** Hits of one search that are looked at. Default 50. */
  hits?: number;
  draw: Draw;
  /** What it takes a page to say. Default: what it says. */
  facts?: (page: ReadPage) => readonly ReadFact[];
  /** Sees every page that was checked: how many claims hold, in order, before one fails. */
  seen?: (page: ReadPage, held: number) => void;
}

export interface Found {
  page: ReadPage;
  /** The calls that would have been enough. */
  path: SearchCall[];
}

interface Lead {
  id: string;
  path: SearchCall[];
}

/** Raised to end a hunt that used up what it may. */
class Spent extends Error {}

/** The first page found that meets all constraints; undefined when none was found within the limits. */
export async function hunt(
  constraints: readonly Constraint[],
  tools: SearchTools,
  options: HuntOptions,
): Promise<Found | undefined> {
  try {
    return await new Hunt(tools, options).first(constraints);
  } catch (error) {
    if (error instanceof Spent) return undefined;
    throw error;
  }
}

const MAX_LEADS = 6;
const MAX_NAMES = 3;

class Hunt {
  #searches = 0;
  #pages = 0;

  constructor(
    readonly tools: SearchTools,
    readonly options: HuntOptions,
  ) {}

  async first(constraints: readonly Constraint[]): Promise<Found | undefined> {
    for await (const found of this.all(constraints)) return found;
    return undefined;
  }

  /** Pages that meet all constraints, each once. */
  async *all(constraints: readonly Constraint[]): AsyncGenerator<Found> {
    const checked = new Set<string>();
    // Cheap claims first: a link costs pages.
    const ordered = [...constraints].sort((a, b) => Number(a.type === "link") - Number(b.type === "link"));
    for await (const { query, path } of this.#queries(constraints)) {
      for (const [at, { id }] of (await this.#search(query)).entries()) {
        if (checked.has(id)) continue;
        checked.add(id);
        const page = await this.#open(id);
        if (page === undefined || !(await this.#meets(page, ordered))) continue;
        yield { page, path: [...path, searchCall(query, at + 1), openCall(id)] };
      }
    }
  }

  /** By the pages that links describe, then by the words of the constraints, all and some of them. */
  async *#queries(constraints: readonly Constraint[]): AsyncGenerator<{ query: string; path: SearchCall[] }> {
    const words = constraints.flatMap((constraint) => searchWords(this.tools.kind, constraint));
    for (const constraint of constraints) {
      if (constraint.type !== "link") continue;
      for (const { id, path } of await this.#leads(constraint.target)) {
        yield { query: [id, ...words].join(" "), path };
        yield { query: id, path };
      }
    }
    if (words.length === 0) return;
    yield { query: words.join(" "), path: [] };
    for (let i = 0; i < MAX_NAMES && words.length > 2; i++) {
      yield { query: this.options.draw.some(words, Math.ceil(words.length / 2)).join(" "), path: [] };
    }
  }

  async #leads(target: readonly Constraint[]): Promise<Lead[]> {
    const leads: Lead[] = [];
    for await (const { page, path } of this.all(target)) {
      leads.push({ id: page.id, path });
      if (leads.length === MAX_LEADS) break;
    }
    return leads;
  }

  async #meets(page: ReadPage, constraints: readonly Constraint[]): Promise<boolean> {
    const verdicts = await judgeAll(page, constraints, this.tools, this.options.facts);
    const held = verdicts.filter(({ holds }) => holds).length;
    this.options.seen?.(page, held);
    return held === constraints.length;
  }

  get #hits(): number {
    return this.options.hits ?? 50;
  }

  async #search(query: string) {
    if (this.#searches++ >= this.options.searches) throw new Spent();
    return this.tools.search(query, this.#hits);
  }

  async #open(id: string) {
    if (this.#pages++ >= this.options.pages) throw new Spent();
    return this.tools.open(id);
  }
}

/** How many hits an agent asks for. */
const LIMITS = [10, 20, 50];

/** A search that has the hit at a place, from 1. */
const searchCall = (query: string, place: number): SearchCall => ({
  tool: "search",
  arguments: { query, limit: LIMITS.find((limit) => limit >= place) ?? place },
});
const openCall = (id: string): SearchCall => ({ tool: "open", arguments: { id, page: 1 } });
