/** Optimistic concurrency over files: one JSON file a conversation, whose hash is the version a writer must have seen. */

import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomic } from "@cachalot/files";
import { ApiError } from "@cachalot/server";
import { CONVERSATION_ID, type Conversation, type ConversationSummary } from "../../wire/conversation.js";
import { findIn } from "./find-in.js";

export interface StoredText {
  text: string;
  etag: string;
}

/** What a writer knows of the file: its version, that there is none, or nothing. */
export type Precondition = { match: string } | { isNew: true } | undefined;

const etagOf = (text: string): string => `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"`;

const notFound = (id: string): ApiError =>
  new ApiError(404, `There is no conversation ${id} here; it may have been deleted`, { code: "not_found" });

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

export class ConversationStore {
  private readonly summaries = new Map<string, { changed: number; summary: ConversationSummary }>();
  /** The last write of each conversation, so that a check and the write it allows are not interleaved with another. */
  private readonly writing = new Map<string, Promise<unknown>>();

  constructor(private readonly directory: string) {}

  /** @throws ApiError 404 */
  async read(id: string): Promise<StoredText> {
    const text = await readFile(this.path(id), "utf8").catch((error: unknown) => {
      throw isMissing(error) ? notFound(id) : error;
    });
    return { text, etag: etagOf(text) };
  }

  /**
   * @returns the new version
   * @throws ApiError 412 where the file is not what the writer saw
   */
  write(id: string, text: string, seen: Precondition): Promise<string> {
    return this.alone(id, async () => {
      await this.require(id, seen);
      await mkdir(this.directory, { recursive: true });
      await writeAtomic(this.path(id), text, { mode: 0o600 });
      return etagOf(text);
    });
  }

  /** @throws ApiError 404, or 412 where the file is not what the writer saw */
  delete(id: string, seen: Precondition): Promise<void> {
    return this.alone(id, async () => {
      await this.require(id, seen);
      await rm(this.path(id)).catch((error: unknown) => {
        throw isMissing(error) ? notFound(id) : error;
      });
    });
  }

  /** All of them, the newest first; with a text, those that hold it. Files that are no conversations are left out. */
  async list(search = ""): Promise<ConversationSummary[]> {
    const names = await readdir(this.directory).catch(() => []);
    const ids = names.filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -".json".length));
    const found: ConversationSummary[] = [];
    for (const id of ids.filter((name) => CONVERSATION_ID.test(name))) {
      const summary = search === "" ? await this.summary(id) : await this.searched(id, search);
      if (summary) found.push(summary);
    }
    return found.sort((a, b) => b.updatedAt - a.updatedAt);
  }

  private async searched(id: string, search: string): Promise<ConversationSummary | undefined> {
    const conversation = await this.parsed(id);
    const found = conversation && findIn(conversation, search);
    return found === undefined ? undefined : { ...summaryOf(conversation!), found };
  }

  private async summary(id: string): Promise<ConversationSummary | undefined> {
    const changed = await stat(this.path(id)).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (changed === undefined) return undefined;
    const known = this.summaries.get(id);
    if (known?.changed === changed) return known.summary;
    const conversation = await this.parsed(id);
    if (!conversation) return undefined;
    const summary = summaryOf(conversation);
    this.summaries.set(id, { changed, summary });
    return summary;
  }

  private async parsed(id: string): Promise<Conversation | undefined> {
    try {
      const value = JSON.parse(await readFile(this.path(id), "utf8")) as Conversation;
      return value.id === id && Array.isArray(value.messages) ? value : undefined;
    } catch {
      return undefined;
    }
  }

  private async require(id: string, seen: Precondition): Promise<void> {
    if (seen === undefined) return;
    const stored = await this.read(id).catch((error: unknown) => {
      if (error instanceof ApiError) return undefined;
      throw error;
    });
    if ("isNew" in seen ? stored === undefined : stored?.etag === seen.match) return;
    throw new ApiError(412, `The conversation ${id} was changed elsewhere; read it again and write what is new`, {
      code: "changed_elsewhere",
    });
  }

  private alone<T>(id: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.writing.get(id) ?? Promise.resolve()).catch(() => undefined).then(work);
    this.writing.set(id, turn);
    const forget = () => {
      if (this.writing.get(id) === turn) this.writing.delete(id);
    };
    turn.then(forget, forget);
    return turn;
  }

  /** @throws ApiError 400 for an id that could name another file */
  private path(id: string): string {
    if (CONVERSATION_ID.test(id)) return join(this.directory, `${id}.json`);
    throw new ApiError(400, "A conversation's id has 4 to 64 lower-case letters, digits and dashes", {
      code: "invalid_id",
      param: "id",
    });
  }
}

function summaryOf({ id, title, updatedAt, messages }: Conversation): ConversationSummary {
  return { id, title: String(title), updatedAt: Number(updatedAt), messages: messages.length };
}
