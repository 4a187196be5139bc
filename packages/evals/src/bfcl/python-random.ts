/** Mersenne Twister (MT19937) as Python seeds and reads it: gold calls name ids that were drawn with it. */

const [N, M] = [624, 397];

export class PythonRandom {
  private readonly state = new Uint32Array(N);
  private index = N;

  constructor(seed: number) {
    this.seedWith(seed);
  }

  /** A whole number from low to high, both included. */
  randint(low: number, high: number): number {
    const range = high - low + 1;
    const bits = Math.floor(Math.log2(range)) + 1;
    for (;;) {
      const drawn = this.bits(bits);
      if (drawn < range) return low + drawn;
    }
  }

  uniform(low: number, high: number): number {
    const [a, b] = [this.next() >>> 5, this.next() >>> 6];
    return low + (high - low) * ((a * 67108864 + b) / 9007199254740992);
  }

  /** At most 53. */
  private bits(count: number): number {
    if (count <= 32) return this.next() >>> (32 - count);
    const low = this.next();
    return low + (this.next() >>> (64 - count)) * 2 ** 32;
  }

  /** By the words of a whole number below 2^53. */
  private seedWith(seed: number): void {
    const { state } = this;
    const words = seed < 2 ** 32 ? [seed >>> 0] : [(seed % 2 ** 32) >>> 0, Math.floor(seed / 2 ** 32)];
    state[0] = 19650218;
    for (let i = 1; i < N; i++) state[i] = Math.imul(1812433253, mixed(state[i - 1]!)) + i;
    let [i, j] = [1, 0];
    const step = () => {
      if (++i < N) return;
      state[0] = state[N - 1]!;
      i = 1;
    };
    for (let k = Math.max(N, words.length); k > 0; k--) {
      state[i] = (state[i]! ^ Math.imul(mixed(state[i - 1]!), 1664525)) + words[j]! + j;
      j = (j + 1) % words.length;
      step();
    }
    for (let k = N - 1; k > 0; k--) {
      state[i] = (state[i]! ^ Math.imul(mixed(state[i - 1]!), 1566083941)) - i;
      step();
    }
    state[0] = 0x80000000;
  }

  private next(): number {
    if (this.index >= N) this.twist();
    let y = this.state[this.index++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  private twist(): void {
    const { state } = this;
    for (let i = 0; i < N; i++) {
      const y = (state[i]! & 0x80000000) | (state[(i + 1) % N]! & 0x7fffffff);
      state[i] = state[(i + M) % N]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.index = 0;
  }
}

const mixed = (word: number): number => word ^ (word >>> 30);
