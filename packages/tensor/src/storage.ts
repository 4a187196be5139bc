/** A piece of host memory. */
export interface Block {
  readonly buffer: ArrayBuffer;
  /** Where it lies, once a device has asked: the memory of a buffer never moves. */
  address?: number;
}

/** Reference-counted host memory, recycled through a pool so that a long training allocates nothing per step. */
export class Storage {
  references = 1;
  constructor(
    readonly block: Block,
    private readonly pool: StoragePool,
  ) {}

  retain(): this {
    this.references++;
    return this;
  }

  release(): void {
    if (--this.references === 0) this.pool.recycle(this);
  }
}

/** Size classes in steps of an eighth of a power of two: at most 12.5 % of a buffer is slack. */
function sizeClass(bytes: number): number {
  if (bytes <= 512) return 512;
  const step = 2 ** (Math.floor(Math.log2(bytes)) - 3);
  return Math.ceil(bytes / step) * step;
}

/** Idle buffers of one size. */
interface IdleClass {
  readonly blocks: Block[];
  /** When one was last given back. */
  used: number;
}

/** Bytes that may be held above the most that was ever in use at once: room for calls of changing sizes. */
const SLACK_BYTES = 16 * 2 ** 20;

/**
 * Recycles buffers by size class. What it holds, in use and idle together, stays within `SLACK_BYTES` of the most that was
 * ever in use at once: beyond that the least recently used sizes go to the garbage collector.
 */
export class StoragePool {
  private readonly idle = new Map<number, IdleClass>();
  private clock = 0;
  private peakBytes = 0;
  /** Bytes handed out and not yet released. */
  liveBytes = 0;
  /** Buffers handed out and not yet released. */
  liveBuffers = 0;
  /** Bytes waiting for reuse. */
  idleBytes = 0;

  acquire(bytes: number): Storage {
    const size = sizeClass(bytes);
    const idle = this.idle.get(size)?.blocks.pop();
    const block = idle ?? { buffer: new ArrayBuffer(size) };
    if (idle) this.idleBytes -= size;
    this.liveBytes += size;
    this.liveBuffers++;
    this.peakBytes = Math.max(this.peakBytes, this.liveBytes);
    if (!idle) this.shed();
    return new Storage(block, this);
  }

  recycle({ block }: Storage): void {
    const size = block.buffer.byteLength;
    this.liveBytes -= size;
    this.liveBuffers--;
    this.idleBytes += size;
    let idle = this.idle.get(size);
    if (!idle) {
      idle = { blocks: [], used: 0 };
      this.idle.set(size, idle);
    }
    idle.blocks.push(block);
    idle.used = ++this.clock;
    this.shed();
  }

  private shed(): void {
    while (this.idleBytes > 0 && this.liveBytes + this.idleBytes > this.peakBytes + SLACK_BYTES) {
      const [size, { blocks }] = this.leastRecentlyUsed()!;
      blocks.pop();
      this.idleBytes -= size;
    }
  }

  private leastRecentlyUsed(): [number, IdleClass] | undefined {
    let oldest: [number, IdleClass] | undefined;
    for (const entry of this.idle) {
      if (entry[1].blocks.length > 0 && entry[1].used < (oldest?.[1].used ?? Number.POSITIVE_INFINITY)) oldest = entry;
    }
    return oldest;
  }
}
