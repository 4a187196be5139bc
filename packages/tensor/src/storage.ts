/** A piece of host memory. */
export interface Block {
  /** The buffer it lies in. Another one after a WebAssembly memory has grown, so ask again for each view. */
  readonly buffer: ArrayBuffer;
  readonly byteOffset: number;
  readonly byteLength: number;
  /** Where it lies for native code, once a device has asked: memory never moves. */
  address?: number;
}

/** Where a pool's blocks come from. */
export interface Memory {
  /** @throws where there is not so much left */
  allocate(bytes: number): Block;
  free(block: Block): void;
}

const { port1: drain, port2: closed } = new MessageChannel();
closed.close();

/**
 * Memory of the JavaScript heap, freed at once: the garbage collector would do so in its own time, since it sees only the small
 * object in front of it. What is transferred to a closed port is gone. (From Node 22 on `ArrayBuffer.transfer` says it better.)
 */
const heap: Memory = {
  allocate: (bytes) => ({ buffer: new ArrayBuffer(bytes), byteOffset: 0, byteLength: bytes }),
  free: ({ buffer }) => drain.postMessage(undefined, [buffer]),
};

/** In place of a count of writes. */
export const UNWATCHED = -1;

/** An op or a copy writes to it. */
export function countWrite(storage: Storage): void {
  if (storage.writes !== UNWATCHED) storage.writes++;
}

/** What a tensor holds of its device's memory, by counted references. Only the device knows more of it. */
export interface Storage {
  /** Where it lies in host memory; undefined on a device whose memory the host does not see. */
  readonly block: Block | undefined;
  /** How often ops and copies may have changed it; `UNWATCHED` for good once the host can write to it at any time. */
  writes: number;
  retain(): this;
  release(): void;
}

/** How much memory a device has handed out. */
export interface MemoryUse {
  /** Bytes handed out and not yet released. */
  readonly liveBytes: number;
  /** Buffers handed out and not yet released. */
  readonly liveBuffers: number;
  /** Bytes waiting for reuse. */
  readonly idleBytes: number;
}

/** Host memory, recycled through a pool so that a long training allocates nothing per step. */
export class HostStorage implements Storage {
  writes = 0;
  private references = 1;

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
const SLACK_BYTES = 4 * 2 ** 20;
/** From here on a quarter of what is more: the sizes of a training step's phases differ, and fresh memory costs it a twentieth of its time. */
const LARGE_BYTES = 256 * 2 ** 20;

/**
 * Recycles buffers by size class. What it holds, in use and idle together, stays within a little (`slack`) of the most that
 * was ever in use at once: beyond that the least recently used sizes go back to the memory they came from.
 */
export class StoragePool implements MemoryUse {
  private readonly idle = new Map<number, IdleClass>();
  private clock = 0;
  private peakBytes = 0;
  private slackBytes = SLACK_BYTES;
  liveBytes = 0;
  liveBuffers = 0;
  idleBytes = 0;

  constructor(private readonly memory: Memory = heap) {}

  /** See `Device.keepIdle`. */
  keepIdle(bytes: number): void {
    this.slackBytes = Math.max(this.slackBytes, bytes);
  }

  /** @throws what the memory throws, where there is too little even after all idle blocks were given back */
  acquire(bytes: number): HostStorage {
    const size = sizeClass(bytes);
    const idle = this.idle.get(size)?.blocks.pop();
    if (idle) this.idleBytes -= size;
    const block = idle ?? this.allocate(size);
    this.liveBytes += size;
    this.liveBuffers++;
    this.peakBytes = Math.max(this.peakBytes, this.liveBytes);
    if (!idle) this.shed();
    return new HostStorage(block, this);
  }

  recycle({ block }: HostStorage): void {
    const size = block.byteLength;
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

  private get slack(): number {
    return Math.max(this.slackBytes, (this.peakBytes - LARGE_BYTES) / 4);
  }

  private allocate(bytes: number): Block {
    try {
      return this.memory.allocate(bytes);
    } catch (error) {
      if (this.idleBytes === 0) throw error;
      this.shed(this.liveBytes);
      return this.memory.allocate(bytes);
    }
  }

  /** Gives idle blocks back until no more than `most` bytes are held. */
  private shed(most = this.peakBytes + this.slack): void {
    while (this.idleBytes > 0 && this.liveBytes + this.idleBytes > most) {
      const [size, { blocks }] = this.leastRecentlyUsed()!;
      this.memory.free(blocks.pop()!);
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
