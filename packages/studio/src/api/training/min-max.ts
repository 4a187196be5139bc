/**
 * Streaming min/max downsampling: a series of any length in a bounded number of buckets, each with its least and greatest value. When
 * the buckets are full, neighbours are merged. No peak is ever lost, and memory does not grow.
 */

/** Buckets kept: at least half of them once they were full. */
const MOST = 4096;

export interface Points {
  x: number[];
  y: number[];
}

export class MinMaxSeries {
  // x and y of the least, x and y of the greatest value: four numbers a bucket.
  private readonly buckets = new Float64Array(4 * MOST);
  private used = 0;
  private width = 1;
  private inLast = 0;
  last = Number.NaN;

  add(x: number, y: number): void {
    this.last = y;
    if (this.inLast === 0 || this.inLast === this.width) {
      if (this.used === MOST) this.halve();
      this.buckets.set([x, y, x, y], 4 * this.used++);
      this.inLast = 1;
      return;
    }
    const at = 4 * (this.used - 1);
    if (y < this.buckets[at + 1]!) this.buckets.set([x, y], at);
    if (y > this.buckets[at + 3]!) this.buckets.set([x, y], at + 2);
    this.inLast++;
  }

  /** At most two points for each of `buckets` buckets, by x. */
  points(buckets: number): Points {
    const x: number[] = [];
    const y: number[] = [];
    const together = Math.max(1, Math.ceil(this.used / Math.max(1, buckets)));
    for (let from = 0; from < this.used; from += together) {
      const [lowX, lowY, highX, highY] = this.extremes(from, Math.min(from + together, this.used));
      const [first, second] =
        lowX <= highX
          ? ([
              [lowX, lowY],
              [highX, highY],
            ] as const)
          : ([
              [highX, highY],
              [lowX, lowY],
            ] as const);
      x.push(first[0]);
      y.push(first[1]);
      if (second[0] === first[0]) continue;
      x.push(second[0]);
      y.push(second[1]);
    }
    return { x, y };
  }

  private extremes(from: number, to: number): [number, number, number, number] {
    const { buckets } = this;
    let [low, high] = [4 * from, 4 * from];
    for (let at = 4 * from; at < 4 * to; at += 4) {
      if (buckets[at + 1]! < buckets[low + 1]!) low = at;
      if (buckets[at + 3]! > buckets[high + 3]!) high = at;
    }
    return [buckets[low]!, buckets[low + 1]!, buckets[high + 2]!, buckets[high + 3]!];
  }

  private halve(): void {
    for (let i = 0; i < MOST / 2; i++) this.buckets.set(this.extremes(2 * i, 2 * i + 2), 4 * i);
    this.used = MOST / 2;
    this.width *= 2;
    this.inLast = this.width;
  }
}
