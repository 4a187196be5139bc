/** Values pushed on one side, iterated on the other. For one reader. */
export class AsyncQueue<T> implements AsyncIterable<T> {
  readonly #values: T[] = [];
  #ended: { error: unknown } | "ended" | undefined;
  #wake: (() => void) | undefined;

  push(value: T): void {
    this.#values.push(value);
    this.#wake?.();
  }

  /** No more values will come; those pushed are still delivered. */
  end(): void {
    this.#ended ??= "ended";
    this.#wake?.();
  }

  /** Like `end`, but the reader then meets `error`. */
  fail(error: unknown): void {
    this.#ended ??= { error };
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      // Whole batches: shifting a long array moves it once for every value.
      while (this.#values.length > 0) yield* this.#values.splice(0);
      if (this.#ended === "ended") return;
      if (this.#ended) throw this.#ended.error;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}
