/** The token ledger as text: stretches that the model read and stretches it wrote, which are in the loss. */

import { type Trace, type TextTokenizer as TraceTokenizer, tokenLedger } from "@cachalot/agent";
import type { TextTokenizer } from "@cachalot/server";
import type { Ledger } from "../../wire/runs.js";

/** Tokens of a sequence whose text is sent. */
const SHOWN = 20_000;

export function ledgerView(trace: Trace, tokenizer: TextTokenizer & TraceTokenizer): Ledger {
  return {
    sequences: tokenLedger(trace, tokenizer).map(({ ids, lossMask, fork }) => {
      const shown = Math.min(ids.length, SHOWN);
      const pieces: Ledger["sequences"][number]["pieces"] = [];
      for (let from = 0, at = 1; at <= shown; at++) {
        if (at < shown && lossMask[at] === lossMask[from]) continue;
        pieces.push({ text: tokenizer.decode(ids.slice(from, at)), tokens: at - from, mask: lossMask[from]! });
        from = at;
      }
      return {
        tokens: ids.length,
        trained: lossMask.reduce((sum, mask) => sum + mask, 0),
        ...(fork ? { fork } : {}),
        shown,
        pieces,
      };
    }),
  };
}
