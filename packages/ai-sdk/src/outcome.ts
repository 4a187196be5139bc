/** How a message ended and what it cost, in the SDK's words. */

import type { LanguageModelV3FinishReason, LanguageModelV3Usage, SharedV3ProviderMetadata } from "@ai-sdk/provider";
import type { FinishReason, Usage } from "@cachalot/chat";

const UNIFIED = {
  stop: "stop",
  length: "length",
  tool_calls: "tool-calls",
  content_filter: "content-filter",
  aborted: "other",
} as const satisfies Record<FinishReason, LanguageModelV3FinishReason["unified"]>;

export const finishReasonOf = (reason: FinishReason): LanguageModelV3FinishReason => ({
  unified: UNIFIED[reason],
  raw: reason,
});

/** All undefined when the model reported nothing. */
export function usageOf(usage: Usage | undefined): LanguageModelV3Usage {
  if (usage === undefined) {
    return {
      inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: undefined, text: undefined, reasoning: undefined },
    };
  }
  const { promptTokens, completionTokens, reasoningTokens, cachedTokens } = usage;
  return {
    inputTokens: {
      total: promptTokens,
      noCache: promptTokens - cachedTokens,
      cacheRead: cachedTokens,
      cacheWrite: undefined,
    },
    outputTokens: { total: completionTokens, text: completionTokens - reasoningTokens, reasoning: reasoningTokens },
    raw: { ...usage },
  };
}

/**
 * Whether the calls of a message may be run: only where it ended with them. One that ended by its length or a stop string
 * may end inside a call's arguments, and the SDK runs every call it is given.
 */
export const runsCalls = (reason: FinishReason): boolean => reason === "tool_calls";

/** `cutOffCalls`: tools whose calls were left out as the message ended early. Undefined when there is nothing to say. */
export function metadataOf(repairs: string[], cutOffCalls: string[]): SharedV3ProviderMetadata | undefined {
  if (repairs.length === 0 && cutOffCalls.length === 0) return undefined;
  return {
    cachalot: {
      ...(repairs.length === 0 ? {} : { repairs }),
      ...(cutOffCalls.length === 0 ? {} : { cutOffCalls }),
    },
  };
}
