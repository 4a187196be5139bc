import type { ToolDefinition } from "@cachalot/chat";
import { type Conversation, type ConversationKind, Draw, hashText, TrainingError } from "@cachalot/training";
import type { Definition } from "../corpora/wordnet.js";
import { calculatorTurn, mentalTurn } from "./calculator.js";
import { copyTurn } from "./copy.js";
import { definitionTurn } from "./definitions.js";
import { factTurn } from "./facts.js";
import { repeatTurn } from "./repeat.js";
import { smallTalkTurn } from "./small-talk.js";
import { type MakeTurn, type Turn, toMessages } from "./turn.js";

/** What conversations are made from. */
export interface Material {
  /** Offered in conversations with tools; one of them is the calculator. */
  tools: readonly ToolDefinition[];
  definitions: readonly Definition[];
}

type Lengths = readonly (readonly [turns: number, weight: number])[];

/** What a kind's conversations have in common. */
interface Style {
  offersTools: boolean;
  lengths: Lengths;
  /** How often a turn is of another kind: a plain one, or one of `asides`. */
  asideShare: number;
  asides?: readonly MakeTurn[];
  thinkingShare: number;
}

const PLAIN: Style = {
  offersTools: false,
  lengths: [
    [1, 30],
    [2, 20],
    [3, 15],
    [4, 15],
    [6, 20],
  ],
  asideShare: 0.2,
  thinkingShare: 0.4,
};

const WITH_TOOLS: Style = {
  offersTools: true,
  // The tools text is long: many turns share it.
  lengths: [
    [1, 15],
    [2, 25],
    [3, 20],
    [4, 20],
    [6, 20],
  ],
  asideShare: 0.12,
  asides: [smallTalkTurn, factTurn],
  thinkingShare: 0.7,
};

/** No asides: every turn is one to copy, and no other kind takes them for its own. */
const COPIES: Style = { ...PLAIN, asideShare: 0 };

interface Kind {
  name: string;
  style: Style;
  turn(material: Material): MakeTurn;
}

/** Every kind of conversation the data recipe can weigh: one line each. */
const kinds: readonly Kind[] = [
  { name: "calculator", style: WITH_TOOLS, turn: () => calculatorTurn },
  { name: "mental", style: PLAIN, turn: () => mentalTurn },
  { name: "repeat", style: PLAIN, turn: ({ definitions }) => repeatTurn(definitions.map(({ word }) => word)) },
  { name: "copy", style: COPIES, turn: ({ definitions }) => copyTurn(definitions.map(({ word }) => word)) },
  { name: "small-talk", style: PLAIN, turn: () => smallTalkTurn },
  { name: "facts", style: PLAIN, turn: () => factTurn },
  { name: "definitions", style: PLAIN, turn: ({ definitions }) => definitionTurn(definitions) },
];

export const conversations: readonly ConversationKind<Material>[] = kinds.map((kind) => ({
  name: kind.name,
  make: (request) => makeConversation(kind, request),
}));

/**
 * A deterministic conversation: the same (kind, seed, heldOut, material) give the same messages.
 *
 * In thinking mode only the last turn's reasoning is encoded (as at inference), and what stands before it is exactly
 * what non-thinking mode writes: all assistant messages of a conversation can be learnt from one encoding.
 */
function makeConversation(
  { name, style, turn }: Kind,
  { seed, heldOut, material }: { seed: number; heldOut: boolean; material: Material },
): Conversation {
  const draw = new Draw(hashText(`${name} ${heldOut} ${seed}`));
  if (style.offersTools && material.tools.length === 0) {
    throw new TrainingError("invalid_data", `${name} conversations need the calculator in the recipe's tools`);
  }
  const own = turn(material);
  const plain = () => kinds.filter((kind) => kind.style === PLAIN).map((kind) => kind.turn(material));
  const asides = style.asides ?? plain();
  const length = draw.weighted(style.lengths);
  const turns: Turn[] = [];
  for (let i = 0; i < length; i++) {
    const make = draw.chance(style.asideShare) ? draw.one(asides) : own;
    turns.push(make({ draw, heldOut, previous: turns.at(-1)?.result }));
  }
  const thinkingMode = draw.chance(style.thinkingShare) ? "thinking" : "chat";
  return { kind: name, thinkingMode, messages: toMessages(turns, draw, style.offersTools ? material.tools : []) };
}
