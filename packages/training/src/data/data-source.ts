import type { ChatMessage, ThinkingMode } from "@cachalot/chat";
import type * as z from "zod";

/** A text that a model reads: documents, and where they come from. */
export interface Corpus {
  name: string;
  /** Licence of the *text* (not of the packaging). */
  licence: string;
  source: string;
  /** Documents in a fixed order, each read in one piece. What is downloaded is kept under `cacheDir`. */
  load(cacheDir: string): Promise<{ documents: string[]; origin: CorpusOrigin }>;
}

/** The file a corpus was read from. */
export interface CorpusOrigin {
  package: string;
  version: string;
  sha256: string;
  bytes: number;
}

/** One conversation to learn from. */
export interface Conversation {
  kind: string;
  thinkingMode: ThinkingMode;
  messages: ChatMessage[];
}

/** A kind of generated conversation. */
export interface ConversationKind<Material> {
  name: string;
  /** Deterministic: the same arguments give the same messages. Held-out ones pose what no training conversation poses. */
  make(request: { seed: number; heldOut: boolean; material: Material }): Conversation;
}

/**
 * Material of a data recipe: what its `module` exports as `source`. Corpora and kinds of conversation are found by name, one line
 * each in the module's lists.
 */
export interface DataSource<Options = never, Material = unknown> {
  corpora: readonly Corpus[];
  conversations: readonly ConversationKind<Material>[];
  /** Further fields of `chat` in the recipe: what `prepare` wants to know. */
  options: Readonly<Record<string, z.ZodType>>;
  /** What all conversations of the recipe's `kinds` (with their shares) are made from, loaded once. */
  prepare(options: Options & { kinds: Readonly<Record<string, number>> }, cacheDir: string): Promise<Material>;
}
