import { Random } from "./random.js";

/** Seeded choices. */
export class Draw {
  private readonly random: Random;

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  chance(probability: number): boolean {
    return this.random.next() < probability;
  }

  /** Uniform in low..high, both included. */
  integer(low: number, high: number): number {
    return low + this.random.integer(high - low + 1);
  }

  one<T>(items: readonly T[]): T {
    const item = items[this.random.integer(items.length)];
    if (item === undefined) throw new RangeError("cannot draw from an empty list");
    return item;
  }

  /** The items in a drawn order; the list itself stays as it is. */
  shuffled<T>(items: readonly T[]): T[] {
    const rest = [...items];
    return Array.from(items, () => rest.splice(this.random.integer(rest.length), 1)[0]!);
  }

  /** That many of the items, each at most once, in a drawn order. */
  some<T>(items: readonly T[], count: number): T[] {
    return this.shuffled(items).slice(0, count);
  }

  weighted<T>(items: readonly (readonly [item: T, weight: number])[]): T {
    let rest = this.random.next() * items.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [item, weight] of items) {
      rest -= weight;
      if (rest < 0) return item;
    }
    return this.one(items)[0];
  }
}

/** 32-bit FNV-1a over UTF-16 code units, well mixed: the same text falls on the same side of a split everywhere. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
