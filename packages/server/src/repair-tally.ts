/** Counts what was put right for one request, for its response header. */

import type { RepairEvent, RepairKind } from "@cachalot/chat";

const REPAIRS_HEADER = "x-cachalot-repairs";

export class RepairTally {
  readonly #counts = new Map<RepairKind, number>();

  add({ kind = "format" }: RepairEvent): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  /** `{"x-cachalot-repairs": "restored-reasoning=2, retried=1"}`; empty when nothing was put right. */
  headers(): Record<string, string> {
    if (this.#counts.size === 0) return {};
    return { [REPAIRS_HEADER]: [...this.#counts].map(([kind, count]) => `${kind}=${count}`).join(", ") };
  }
}
