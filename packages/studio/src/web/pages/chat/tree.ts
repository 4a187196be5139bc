/** Branches: a conversation is a tree of messages, and edits and second answers are siblings in it. */
import type { Conversation, MessageNode } from "../../../wire/conversation.js";

/** Random, and not of `crypto.randomUUID`, which pages that came over plain HTTP lack. */
export function newId(prefix: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(9));
  return `${prefix}-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** The messages from the first to `id`. */
export function pathTo({ messages }: Pick<Conversation, "messages">, id: string | null): MessageNode[] {
  const byId = new Map(messages.map((node) => [node.id, node]));
  const path: MessageNode[] = [];
  for (let node = id === null ? undefined : byId.get(id); node; node = next(byId, node)) {
    path.push(node);
    byId.delete(node.id);
  }
  return path.reverse();
}

const next = (byId: ReadonlyMap<string, MessageNode>, { parent }: MessageNode) =>
  parent === null ? undefined : byId.get(parent);

/** For each message of a list, it and those that stand in its place, in the order they were made. */
export function siblingsOf(
  { messages }: Pick<Conversation, "messages">,
  of: readonly MessageNode[],
): ReadonlyMap<string, readonly string[]> {
  const byParent = new Map<string | null, string[]>();
  for (const { id, parent } of messages) {
    const known = byParent.get(parent);
    if (known) known.push(id);
    else byParent.set(parent, [id]);
  }
  return new Map(of.map(({ id, parent }) => [id, byParent.get(parent) ?? [id]]));
}

/** The end of the newest branch below a message. */
export function newestLeaf({ messages }: Pick<Conversation, "messages">, id: string): string {
  const lastChild = new Map<string | null, string>();
  for (const node of messages) lastChild.set(node.parent, node.id);
  const seen = new Set<string>();
  let leaf = id;
  for (let child = lastChild.get(leaf); child !== undefined && !seen.has(child); child = lastChild.get(leaf)) {
    seen.add(child);
    leaf = child;
  }
  return leaf;
}

/** Both versions of a conversation that was written in two places: all messages of both; for the rest, ours. */
export function merged(ours: Conversation, theirs: Conversation): Conversation {
  const mine = new Map(ours.messages.map((node) => [node.id, node]));
  const messages = theirs.messages.map((node) => {
    const own = mine.get(node.id);
    mine.delete(node.id);
    return own === undefined || isWhole(node) ? node : own;
  });
  return { ...ours, updatedAt: Math.max(ours.updatedAt, theirs.updatedAt), messages: [...messages, ...mine.values()] };
}

const isWhole = ({ making }: MessageNode): boolean => making?.state === "done";
