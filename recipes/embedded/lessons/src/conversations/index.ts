import type { ToolDefinition } from "@cachalot/chat";
import { TrainingError } from "../../errors.js";
import type { Definition } from "../corpora/wordnet.js";
import { calculatorTurn, mentalTurn } from "./calculator.js";
import { type Conversation, type MakeTurn, type Turn, toMessages } from "./conversation.js";
import { definitionTurn } from "./definitions.js";
import { Draw, hashText } from "./draw.js";
import { factTurn } from "./facts.js";
import { repeatTurn } from "./repeat.js";
import { smallTalkTurn } from "./small-talk.js";

export interface ConversationSources {
  /** Offered in conversations of the kind `calculator`; one of them is the calculator. */
  tools: readonly ToolDefinition[];
  definitions: readonly Definition[];
}

/** The kinds of conversation a data recipe can weigh. */
export const CONVERSATION_KINDS = ["calculator", "mental", "repeat", "small-talk", "facts", "definitions"] as const;
export type ConversationKind = (typeof CONVERSATION_KINDS)[number];

type Lengths = readonly (readonly [turns: number, weight: number])[];
const TOOL_LENGTHS: Lengths = [
  [1, 15],
  [2, 25],
  [3, 20],
  [4, 20],
  [6, 20],
];
const PLAIN_LENGTHS: Lengths = [
  [1, 30],
  [2, 20],
  [3, 15],
  [4, 15],
  [6, 20],
];

/**
 * A deterministic conversation: the same (kind, seed, heldOut, sources) give the same messages.
 *
 * In thinking mode only the last turn's reasoning is encoded (as at inference), and what stands before it is exactly
 * what non-thinking mode writes: all assistant messages of a conversation can be learnt from one encoding.
 */
export function makeConversation(
  kind: ConversationKind,
  { seed, heldOut, sources }: { seed: number; heldOut: boolean; sources: ConversationSources },
): Conversation {
  const draw = new Draw(hashText(`${kind} ${heldOut} ${seed}`));
  const makers: Record<ConversationKind, MakeTurn> = {
    calculator: calculatorTurn,
    mental: mentalTurn,
    repeat: repeatTurn(sources.definitions.map(({ word }) => word)),
    "small-talk": smallTalkTurn,
    facts: factTurn,
    definitions: definitionTurn(sources.definitions),
  };
  const withTools = kind === "calculator";
  if (withTools && sources.tools.length === 0) {
    throw new TrainingError("invalid_data", "calculator conversations need the calculator in the recipe's tools");
  }
  const others = withTools
    ? [smallTalkTurn, factTurn]
    : Object.values(makers).filter((maker) => maker !== calculatorTurn);
  // The tools text is long: many turns share it.
  const lengths = withTools ? TOOL_LENGTHS : PLAIN_LENGTHS;
  const length = draw.weighted(lengths);
  const turns: Turn[] = [];
  for (let i = 0; i < length; i++) {
    const maker = draw.chance(withTools ? 0.12 : 0.2) ? draw.one(others) : makers[kind];
    turns.push(maker({ draw, heldOut, previous: turns.at(-1)?.result }));
  }
  const thinkingMode = draw.chance(withTools ? 0.7 : 0.4) ? "thinking" : "chat";
  return { kind, thinkingMode, messages: toMessages(turns, draw, withTools ? sources.tools : []) };
}
