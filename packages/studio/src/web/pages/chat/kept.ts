/** Conversations in the browser's own database: what the server does not have yet, and copies to read while it is away. */
import { createStore, del, entries, get, set } from "idb-keyval";
import type { Conversation } from "../../../wire/conversation.js";

export interface Kept {
  conversation: Conversation;
  /** The version the server had; none where it has none. */
  etag: string | undefined;
  isSaved: boolean;
}

const store = createStore("cachalot-studio", "conversations");

/** Private windows may refuse a database: then nothing is kept. */
const orNothing = <T>(work: Promise<T>): Promise<T | undefined> => work.catch(() => undefined);

export const kept = {
  get: (id: string): Promise<Kept | undefined> => orNothing(get<Kept>(id, store)),
  put: (entry: Kept): Promise<unknown> => orNothing(set(entry.conversation.id, entry, store)),
  delete: (id: string): Promise<unknown> => orNothing(del(id, store)),
  async unsaved(): Promise<Kept[]> {
    const all = (await orNothing(entries<string, Kept>(store))) ?? [];
    return all.map(([, entry]) => entry).filter(({ isSaved }) => !isSaved);
  },
};
