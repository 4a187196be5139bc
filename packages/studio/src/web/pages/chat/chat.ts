/** One conversation in the page: its state, and keeping it on the server with optimistic concurrency. */
import { signal } from "@preact/signals";
import type { Conversation, MessageNode } from "../../../wire/conversation.js";
import { RequestError, request } from "../../api.js";
import { serverIsAway } from "../../shell/server-state.js";
import { type Kept, kept } from "./kept.js";
import { merged } from "./tree.js";

const SAVE_MS = 400;
const AGAIN_MS = 2000;

export class Chat {
  readonly conversation;
  /** Whether the server has what is shown. */
  readonly isSaved;
  private etag: string | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private saving: Promise<void> | undefined;
  private isDeleted = false;

  constructor({ conversation, etag, isSaved }: Kept) {
    this.conversation = signal(conversation);
    this.isSaved = signal(isSaved);
    this.etag = etag;
  }

  get id(): string {
    return this.conversation.value.id;
  }

  /** Shows a change at once, and keeps it soon. */
  change(change: (conversation: Conversation) => Conversation): void {
    this.conversation.value = { ...change(this.conversation.value), updatedAt: Date.now() };
    this.isSaved.value = false;
    this.soon(SAVE_MS);
  }

  changeNode(id: string, change: (node: MessageNode) => MessageNode): void {
    this.change((conversation) => ({
      ...conversation,
      messages: conversation.messages.map((node) => (node.id === id ? change(node) : node)),
    }));
  }

  node(id: string): MessageNode | undefined {
    return this.conversation.value.messages.find((node) => node.id === id);
  }

  /** @throws RequestError */
  async delete(): Promise<void> {
    this.isDeleted = true;
    clearTimeout(this.timer);
    await this.saving;
    if (this.etag !== undefined) await request(`conversations/${this.id}`, { method: "DELETE" });
    await kept.delete(this.id);
  }

  /** Keeps it now: on the server, or in the browser while that is away. */
  async save(): Promise<void> {
    clearTimeout(this.timer);
    await this.saving;
    if (this.isDeleted || this.isSaved.value) return;
    this.saving = this.write().finally(() => {
      this.saving = undefined;
    });
    await this.saving;
  }

  private soon(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), ms);
  }

  private async write(): Promise<void> {
    const conversation = this.conversation.value;
    try {
      await this.put(conversation);
      serverIsAway.value = false;
      this.isSaved.value = this.conversation.value === conversation;
    } catch (error) {
      if (error instanceof RequestError && error.status === 412) return this.mergeTheirs();
      if (error instanceof RequestError && error.status === 0) serverIsAway.value = true;
      this.soon(AGAIN_MS);
    }
    await kept.put({ conversation: this.conversation.value, etag: this.etag, isSaved: this.isSaved.value });
  }

  private async put(conversation: Conversation): Promise<void> {
    const headers: Record<string, string> =
      this.etag === undefined ? { "if-none-match": "*" } : { "if-match": this.etag };
    const response = await request(`conversations/${conversation.id}`, { method: "PUT", body: conversation, headers });
    this.etag = response.headers.get("etag") ?? undefined;
  }

  /** Another page wrote first: what it added is taken in, and both are written. */
  private async mergeTheirs(): Promise<void> {
    try {
      const response = await request(`conversations/${this.id}`);
      this.etag = response.headers.get("etag") ?? undefined;
      const theirs = (await response.json()) as Conversation;
      this.conversation.value = merged(this.conversation.value, theirs);
    } catch (error) {
      // Deleted there: it is written anew, as someone still works on it here.
      if (error instanceof RequestError && error.status === 404) this.etag = undefined;
    }
    this.soon(0);
  }
}

/** @throws RequestError for one that is neither on the server nor kept here */
export async function openChat(id: string): Promise<Chat> {
  const local = await kept.get(id);
  if (local && !local.isSaved) return new Chat(local);
  try {
    const response = await request(`conversations/${id}`);
    serverIsAway.value = false;
    const entry = {
      conversation: (await response.json()) as Conversation,
      etag: response.headers.get("etag") ?? undefined,
      isSaved: true,
    };
    void kept.put(entry);
    return new Chat(entry);
  } catch (error) {
    const isAway = error instanceof RequestError && error.status === 0;
    if (isAway) serverIsAway.value = true;
    if (isAway && local) return new Chat(local);
    throw error;
  }
}
