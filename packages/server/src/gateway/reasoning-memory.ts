/** The reasoning of assistant messages, for clients that do not send it back. */

import type { AssistantMessage, ChatMessage } from "@cachalot/chat";
import { LRUCache } from "lru-cache";
import { type MemoryEntry, MemoryFile } from "./memory-file.js";
import { type TurnKeys, turnKeys } from "./turn-keys.js";

export interface MemoryOptions {
  /** Bound on the memory that is taken, in bytes; the least recently used goes first. Default 2^25. */
  maxBytes?: number;
  /** Where to keep it over restarts. Default: nowhere. */
  file?: string;
  /** Told when the file cannot be written: the answer is served all the same. Default: standard error. */
  onError?: (error: unknown) => void;
}

/** Under one key two different reasonings were seen: better none than the wrong one. */
const AMBIGUOUS = "\0";

/** What a key costs beside its characters and those of its reasoning, in bytes: measured with a full cache of small entries. */
const ENTRY_BYTES = 224;

const isWide = (text: string): boolean => /[^\0-\xff]/.test(text);

/**
 * A copy that holds its characters and nothing else. Text that was streamed is a tree of its pieces, and each piece may be cut out
 * of a longer string: together many times its length.
 */
function compact(text: string): string {
  const encoding = isWide(text) ? "utf16le" : "latin1";
  return Buffer.from(text, encoding).toString(encoding);
}

/** Reasoning is shared by its keys, but each counts it: it stays as long as the last of them. */
function entryBytes(reasoning: string, key: string): number {
  return ENTRY_BYTES + key.length + reasoning.length * (isWide(reasoning) ? 2 : 1);
}

function logError(error: unknown): void {
  process.stderr.write(`cachalot: the memory file cannot be written: ${String(error)}\n`);
}

export class ReasoningMemory {
  readonly #cache: LRUCache<string, string>;
  #file: MemoryFile | undefined;
  /** Lines of the file that could not be read. */
  damaged = 0;

  private constructor(
    readonly maxBytes: number,
    readonly onError: (error: unknown) => void,
  ) {
    this.#cache = new LRUCache({ maxSize: maxBytes, sizeCalculation: entryBytes });
  }

  /**
   * An empty memory, or what the file holds.
   * @throws ApiError `memory_in_use`; the system's error when the file cannot be written.
   */
  static async open(options: MemoryOptions = {}): Promise<ReasoningMemory> {
    const { maxBytes = 2 ** 25, file: path, onError = logError } = options;
    const memory = new ReasoningMemory(maxBytes, onError);
    if (path === undefined) return memory;
    const { file, entries, damaged } = await MemoryFile.open(path);
    for (const entry of entries) memory.#keep(entry);
    memory.#file = file;
    memory.damaged = damaged;
    if (damaged > 0) await file.rewrite(memory.#entries());
    return memory;
  }

  /** Keys held: two for each message, and two for each of its calls. */
  get size(): number {
    return this.#cache.size;
  }

  /** The reasoning of each assistant message, by index, where it is known without doubt; "" where there was none. */
  recall(messages: readonly ChatMessage[]): (string | undefined)[] {
    return turnKeys(messages).map((keys) => keys && this.#find(keys));
  }

  /** Remembers the reasoning of `message`, which answered `messages`. On disk when this resolves, if there is a file. */
  async remember(messages: readonly ChatMessage[], message: AssistantMessage): Promise<void> {
    const reasoning = message.reasoning_content ?? "";
    const keys = turnKeys([...messages, message]).at(-1);
    if (keys === undefined) return;
    const entry = { keys: [keys.turn, ...keys.calls, ...keys.ids, keys.content], reasoning };
    this.#keep(entry);
    try {
      if ((this.#file?.bytes ?? 0) > 4 * this.maxBytes) await this.#file?.rewrite(this.#entries());
      else await this.#file?.append(entry);
    } catch (error) {
      this.onError(error);
    }
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }

  #find({ turn, calls, ids, content }: TurnKeys): string | undefined {
    for (const key of [turn, ...calls, ...ids, content]) {
      const found = this.#cache.get(key);
      if (found !== undefined && found !== AMBIGUOUS) return found;
    }
    return undefined;
  }

  #keep(entry: MemoryEntry): void {
    const reasoning = compact(entry.reasoning);
    for (const key of entry.keys.map(compact)) {
      const known = this.#cache.get(key);
      // The same place in a conversation was answered again: the client goes on from the last answer.
      const isPlace = key.startsWith("t");
      const conflict = known !== undefined && known !== reasoning && !isPlace;
      this.#cache.set(key, conflict ? AMBIGUOUS : reasoning);
    }
  }

  /** What is held, least recently used first, keys of one reasoning together. */
  #entries(): MemoryEntry[] {
    const entries = new Map<string, MemoryEntry>();
    for (const key of this.#cache.rkeys()) {
      const reasoning = this.#cache.peek(key) ?? AMBIGUOUS;
      const entry = entries.get(reasoning) ?? { keys: [], reasoning };
      entry.keys.push(key);
      entries.set(reasoning, entry);
    }
    return [...entries.values()];
  }
}
