/** One generation under the lens: runs once, is kept as events, and answers questions about its tokens. */

import type { LocalEngine, ObservedToken } from "@cachalot/engine";
import { ApiError } from "@cachalot/server";
import { EventLog } from "../../http/event-log.js";
import type { LensDetail, LensEvent, LensRequest } from "../../wire/lens.js";
import { recallOf, round, selectionsOf, summarise } from "./watch-token.js";

/** Alternatives told of each token. */
const ALTERNATIVES = 8;
/** Tokens whose details are kept: people go back and forth between a few, layer by layer. */
const KEPT_DETAILS = 8;

const NOT_FOUND = { code: "not_found" };

export type LensEngine = Pick<LocalEngine, "observe">;

export class Lens {
  readonly log = new EventLog<LensEvent>();
  running = true;
  promptTokens = 0;
  readonly #ids: number[] = [];
  #layers = 0;
  readonly #stop = new AbortController();
  readonly #details = new Map<number, Promise<ObservedToken>>();

  constructor(
    readonly id: string,
    readonly title: string,
    private readonly engine: LensEngine,
    prompt: string,
    request: LensRequest,
  ) {
    void this.#run(prompt, request);
  }

  get generatedTokens(): number {
    return this.#ids.length - this.promptTokens;
  }

  stop(): void {
    this.#stop.abort();
  }

  /**
   * What one layer compared and read when it came to a generated token: computed by reading the tokens before it once more, which finds most of
   * them in the prefix cache.
   * @throws ApiError 404 for a token or a layer there is not
   */
  async detail(index: number, layer: number): Promise<LensDetail> {
    if (!(index >= 0 && index < this.generatedTokens))
      throw new ApiError(404, `There is no generated token ${index} yet; there are ${this.generatedTokens}`, NOT_FOUND);
    if (!(layer >= 0 && layer < this.#layers))
      throw new ApiError(404, `There is no layer ${layer}; the model has ${this.#layers}`, NOT_FOUND);
    const token = await this.#again(index);
    const selections = selectionsOf(token, this.#layers);
    const { mass, scores } = token.attention!;
    return {
      layer,
      position: token.position,
      selected: [...(selections[layer] ?? [])],
      scores: scores ? Array.from(scores[layer]!, round) : [],
      mass: Array.from(mass[layer]!, round),
      recall: recallOf(token, selections) ?? [],
    };
  }

  #again(index: number): Promise<ObservedToken> {
    const known = this.#details.get(index);
    if (known) return known;
    const read = this.#readAgain(this.#ids.slice(0, this.promptTokens + index));
    this.#details.set(index, read);
    read.catch(() => this.#details.delete(index));
    const [oldest] = this.#details.keys();
    if (this.#details.size > KEPT_DETAILS) this.#details.delete(oldest!);
    return read;
  }

  async #readAgain(prompt: number[]): Promise<ObservedToken> {
    for await (const step of this.engine.observe({ prompt, maxTokens: 1, observe: { scores: true } })) {
      const observed = step.type === "update" ? step.observed?.[0] : undefined;
      if (observed) return observed;
    }
    throw new ApiError(503, "The engine ended before it had read the tokens; ask again", {
      code: "unavailable",
    });
  }

  async #run(prompt: string, { maxTokens, temperature, seed, recall }: LensRequest): Promise<void> {
    const { signal } = this.#stop;
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    const textOf = (bytes: Iterable<number>) => decoder.decode(Uint8Array.from(bytes), { stream: true });
    const began = performance.now();
    const options = { temperature, seed, topP: 1, maxTokens, topLogprobs: ALTERNATIVES, observe: { mass: recall } };
    let before: readonly (Int32Array | undefined)[] | undefined;
    try {
      for await (const step of this.engine.observe({ prompt, signal, ...options })) {
        if (step.type === "prompt") {
          const { layers = 0, topk, experts = 0 } = step.model ?? {};
          this.#layers = layers;
          this.promptTokens = step.tokens.length;
          this.#ids.push(...step.tokens.map(({ id }) => id));
          const tokens = step.tokens.map(({ id, bytes }) => ({ id, text: textOf(bytes) }));
          this.log.push({ type: "prompt", tokens, layers, experts, ...(topk === undefined ? {} : { topk }) });
        } else if (step.type === "update")
          for (const [i, observed] of (step.observed ?? []).entries()) {
            const { id = -1, bytes, logprob, top } = step.logprobs[i]!;
            const selections = selectionsOf(observed, this.#layers);
            this.log.push({
              type: "token",
              index: this.generatedTokens,
              id,
              text: textOf(bytes),
              logprob: round(Math.max(logprob, -99)),
              top: top.map((other) => ({ text: other.token, logprob: round(Math.max(other.logprob, -99)) })),
              ...summarise(observed, selections, before),
            });
            this.#ids.push(id);
            before = selections;
          }
        else {
          const seconds = round((performance.now() - began) / 1000);
          this.log.push({ type: "done", reason: step.reason, seconds, cachedTokens: step.usage.cachedTokens });
        }
      }
    } catch (error) {
      this.log.push({ type: "error", message: error instanceof Error ? error.message : String(error) });
    } finally {
      this.running = false;
      this.log.end();
    }
  }
}
