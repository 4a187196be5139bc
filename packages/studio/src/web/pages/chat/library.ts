/** The conversations a page knows: those on the server, and those opened or begun here. */
import { effect, signal } from "@preact/signals";
import type { ChatSettings, ConversationSummary } from "../../../wire/conversation.js";
import { getJson, RequestError } from "../../api.js";
import { serverIsAway } from "../../shell/server-state.js";
import { resume } from "./answers.js";
import { Chat, openChat } from "./chat.js";
import { kept } from "./kept.js";
import { newId } from "./tree.js";

/** What the list shows, the newest first. */
export const summaries = signal<readonly ConversationSummary[]>([]);
/** A search that is answered; undefined while nothing is searched for. */
export const found = signal<readonly ConversationSummary[] | undefined>(undefined);

const chats = new Map<string, Promise<Chat>>();

/** Reads the list; what the server does not have yet is added. */
export async function loadList(): Promise<void> {
  const local = (await kept.unsaved()).map(({ conversation: { id, title, updatedAt, messages } }) => ({
    id,
    title,
    updatedAt,
    messages: messages.length,
  }));
  try {
    const { conversations } = await getJson<{ conversations: ConversationSummary[] }>("conversations");
    serverIsAway.value = false;
    add([...conversations, ...local]);
  } catch (error) {
    if (error instanceof RequestError && error.status === 0) serverIsAway.value = true;
    add(local);
  }
}

function add(entries: readonly ConversationSummary[]): void {
  const byId = new Map([...summaries.value, ...entries].map((entry) => [entry.id, entry]));
  summaries.value = [...byId.values()].sort((a, b) => b.updatedAt - a.updatedAt);
}

/** @param text "" ends the search */
export async function search(text: string): Promise<void> {
  if (text === "") {
    found.value = undefined;
    return;
  }
  const words = text.toLowerCase();
  const byTitle = summaries.value.filter(({ title }) => title.toLowerCase().includes(words));
  const answer = await getJson<{ conversations: ConversationSummary[] }>(
    `conversations?search=${encodeURIComponent(text)}`,
  ).catch(() => ({ conversations: byTitle }));
  found.value = answer.conversations;
}

/** @throws RequestError */
export function chatOf(id: string): Promise<Chat> {
  const known = chats.get(id);
  if (known) return known;
  const opening = openChat(id).then((chat) => {
    watch(chat);
    resume(chat);
    return chat;
  });
  opening.catch(() => chats.delete(id));
  chats.set(id, opening);
  return opening;
}

/** Not kept anywhere before something is asked in it. */
export function newChat(settings: ChatSettings): Chat {
  const now = Date.now();
  return new Chat({
    conversation: {
      id: newId("c"),
      title: "",
      createdAt: now,
      updatedAt: now,
      settings,
      messages: [],
      current: null,
    },
    etag: undefined,
    isSaved: true,
  });
}

/** From now on a conversation is in the list. */
export function adopt(chat: Chat): void {
  if (chats.has(chat.id)) return;
  chats.set(chat.id, Promise.resolve(chat));
  watch(chat);
}

function watch(chat: Chat): void {
  effect(() => {
    const { id, title, updatedAt, messages } = chat.conversation.value;
    if (chats.has(id))
      queueMicrotask(() => chats.has(id) && add([{ id, title, updatedAt, messages: messages.length }]));
  });
}

/** @throws RequestError */
export async function remove(chat: Chat): Promise<void> {
  await chat.delete();
  chats.delete(chat.id);
  summaries.value = summaries.value.filter(({ id }) => id !== chat.id);
  found.value = found.value?.filter(({ id }) => id !== chat.id);
}

const LAST_SETTINGS = "chat-settings";

const DEFAULTS: ChatSettings = { system: "", tools: "", serverTools: ["calculator"], thinking: true };

/** As in the last conversation, but for what was said to the model there. */
export function lastSettings(): ChatSettings {
  try {
    const stored = JSON.parse(localStorage.getItem(LAST_SETTINGS) ?? "{}") as Partial<ChatSettings>;
    return { ...DEFAULTS, ...stored };
  } catch {
    return DEFAULTS;
  }
}

export function rememberSettings({ system: _, tools: __, ...rest }: ChatSettings): void {
  localStorage.setItem(LAST_SETTINGS, JSON.stringify(rest));
}
