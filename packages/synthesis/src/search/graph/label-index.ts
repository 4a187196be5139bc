/** Label index: the entities of each label in order, and a bitmap for the labels that many have. */

const NONE: readonly number[] = [];
/** Longer lists get a bitmap when they are asked. */
const LONG = 64;

export class LabelIndex {
  readonly #lists = new Map<string, number[]>();
  readonly #bitmaps = new Map<string, Uint8Array>();

  constructor(readonly size: number) {}

  /** Entities come in rising order. */
  add(relation: string, value: string, entity: number): void {
    const key = keyOf(relation, value);
    const list = this.#lists.get(key);
    if (list === undefined) this.#lists.set(key, [entity]);
    else if (list.at(-1) !== entity) list.push(entity);
  }

  /** All values of a relation. */
  values(relation: string): string[] {
    const prefix = keyOf(relation, "");
    return [...this.#lists.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  }

  /** Rising. */
  list(relation: string, value: string): readonly number[] {
    return this.#lists.get(keyOf(relation, value)) ?? NONE;
  }

  has(relation: string, value: string, entity: number): boolean {
    const key = keyOf(relation, value);
    const list = this.#lists.get(key) ?? NONE;
    if (list.length <= LONG) return list.includes(entity);
    let bitmap = this.#bitmaps.get(key);
    if (bitmap === undefined) {
      bitmap = new Uint8Array(this.size);
      for (const member of list) bitmap[member] = 1;
      this.#bitmaps.set(key, bitmap);
    }
    return bitmap[entity] === 1;
  }
}

const keyOf = (relation: string, value: string): string => `${relation}\0${value}`;
