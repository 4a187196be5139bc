/** Number index: the numbers of each entity by relation, and the entities whose numbers are in a range. */

const NONE: readonly number[] = [];

interface Sorted {
  /** Rising. */
  values: Float64Array;
  entities: Uint32Array;
}

export class NumberIndex {
  readonly #numbers = new Map<string, (number[] | undefined)[]>();
  readonly #sorted = new Map<string, Sorted>();

  add(relation: string, entity: number, value: number): void {
    if (!this.#numbers.has(relation)) this.#numbers.set(relation, []);
    const lists = this.#numbers.get(relation)!;
    const list = lists[entity];
    if (list === undefined) lists[entity] = [value];
    else list.push(value);
  }

  of(relation: string, entity: number): readonly number[] {
    return this.#numbers.get(relation)?.[entity] ?? NONE;
  }

  /** Entities in rising order; undefined where they are more than `most`. */
  within({ relation, from, to }: { relation: string; from?: number; to?: number }, most: number): number[] | undefined {
    const { values, entities } = this.#inOrder(relation);
    const start = from === undefined ? 0 : lowerBound(values, from, false);
    const end = to === undefined ? values.length : lowerBound(values, to, true);
    return end - start > most ? undefined : [...new Set(entities.subarray(start, end))].sort((a, b) => a - b);
  }

  #inOrder(relation: string): Sorted {
    const kept = this.#sorted.get(relation);
    if (kept) return kept;
    const pairs: [number, number][] = [];
    for (const [entity, list] of (this.#numbers.get(relation) ?? []).entries()) {
      for (const value of list ?? NONE) pairs.push([value, entity]);
    }
    pairs.sort(([a], [b]) => a - b);
    const sorted = {
      values: Float64Array.from(pairs, ([value]) => value),
      entities: Uint32Array.from(pairs, ([, entity]) => entity),
    };
    this.#sorted.set(relation, sorted);
    return sorted;
  }
}

/** The first place in a rising array that is not below `bound`, or with `past` not at it either. */
function lowerBound(values: Float64Array, bound: number, past: boolean): number {
  let low = 0;
  for (let high = values.length; low < high; ) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < bound || (past && values[middle] === bound)) low = middle + 1;
    else high = middle;
  }
  return low;
}
