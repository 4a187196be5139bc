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

export class StoragePool {
  private readonly free = new Map<number, Block[]>();
  /** Bytes handed out and not yet released. */
  liveBytes = 0;
  /** Buffers handed out and not yet released. */
  liveBuffers = 0;
  /** Bytes waiting for reuse. */
  idleBytes = 0;

  acquire(bytes: number): Storage {
    const size = sizeClass(bytes);
    let block = this.free.get(size)?.pop();
    if (block) this.idleBytes -= size;
    else block = { buffer: new ArrayBuffer(size) };
    this.liveBytes += size;
    this.liveBuffers++;
    return new Storage(block, this);
  }

  recycle({ block }: Storage): void {
    const size = block.buffer.byteLength;
    this.liveBytes -= size;
    this.liveBuffers--;
    this.idleBytes += size;
    const list = this.free.get(size);
    if (list) list.push(block);
    else this.free.set(size, [block]);
  }

  /** Lets idle buffers go to the garbage collector. */
  trim(): void {
    this.free.clear();
    this.idleBytes = 0;
  }
}
