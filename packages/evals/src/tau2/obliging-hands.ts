/** What a scripted user does on being asked: looks wherever it can, and changes only what its gold calls change. */

import equal from "fast-deep-equal";
import type { Hands } from "../users/user.js";
import type { Domain, DomainCall, UserTool } from "./domain.js";

/** @returns what one message makes it do and tell; undefined where that asks for nothing of the kind */
export function obligingHands({ userTools = [] }: Domain, gold: readonly DomainCall[], hands: Hands) {
  const left = gold.filter(({ by }) => by === "user");
  return (said: string): string | undefined => {
    const asked = userTools
      .map((tool) => ({ tool, at: whereAsked(tool, said) }))
      .filter(({ at }) => at >= 0)
      // First what changes something, so that what is then looked at is true.
      .sort((a, b) => Number(b.tool.writes) - Number(a.tool.writes) || a.at - b.at);
    if (asked.length === 0) return undefined;
    return asked
      .flatMap(({ tool }) => {
        const calls = tool.usual ? [{ name: tool.name, arguments: tool.usual }] : taken(left, tool.name, said);
        if (calls.length === 0) return [`${tool.name}: I left that as it is.`];
        return calls.map((call) => `${tool.name}: ${hands.call(call.name, call.arguments)}`);
      })
      .join("\n");
  };
}

function whereAsked({ name, asked }: UserTool<never>, said: string): number {
  const named = said.search(new RegExp(`\\b${name}\\b`));
  return named >= 0 ? named : said.search(asked);
}

/** Calls of a name, taken out of a list: those whose arguments are named, or some of them, or all; the same call once. */
function taken(left: DomainCall[], name: string, said: string): DomainCall[] {
  const words = said.toLowerCase();
  const isNamed = (value: unknown) => words.includes(String(value).toLowerCase());
  const all = left.filter((call) => call.name === name);
  const whole = all.filter(({ arguments: args }) => Object.values(args).every(isNamed));
  const partly = all.filter(({ arguments: args }) => Object.values(args).some(isNamed));
  const chosen = [whole, partly, all].find((calls) => calls.length > 0) ?? [];
  const once = chosen.filter((call, i) => chosen.findIndex((other) => equal(other, call)) === i);
  for (const call of once) left.splice(left.indexOf(call), 1);
  return once;
}
