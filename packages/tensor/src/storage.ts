/** Reference-counted host memory, recycled through a pool so that a long training allocates nothing per step. */
export class Storage {
  references = 1;
  constructor(
    readonly buffer: ArrayBuffer,
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

export class StoragePool {
  private readonly free = new Map<number, ArrayBuffer[]>();
  /** Bytes handed out and not yet released. */
  liveBytes = 0;
  /** Buffers handed out and not yet released. */
  liveBuffers = 0;
  /** Bytes waiting for reuse. */
  idleBytes = 0;

  acquire(bytes: number): Storage {
    const size = sizeClass(bytes);
    let buffer = this.free.get(size)?.pop();
    if (buffer) this.idleBytes -= size;
    else buffer = new ArrayBuffer(size);
    this.liveBytes += size;
    this.liveBuffers++;
    return new Storage(buffer, this);
  }

  recycle(storage: Storage): void {
    const size = storage.buffer.byteLength;
    this.liveBytes -= size;
    this.liveBuffers--;
    this.idleBytes += size;
    const list = this.free.get(size);
    if (list) list.push(storage.buffer);
    else this.free.set(size, [storage.buffer]);
  }

  /** Lets idle buffers go to the garbage collector. */
  trim(): void {
    this.free.clear();
    this.idleBytes = 0;
  }
}
