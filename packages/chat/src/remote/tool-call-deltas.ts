/** Tool calls as endpoints stream them -> events. Indices, ids and pieces come in more ways than the format has. */

import type { ChatEvent } from "../chat-model.js";
import { createToolCallId } from "../codec/tool-call-id.js";
import { JsonMender } from "../json/mend-json.js";
import { brokenConnection } from "./upstream-error.js";

interface Call {
  id: string | undefined;
  name: string;
  /** Arguments that arrived. */
  text: string;
  /** What of them is known to be valid JSON, not yet handed on. */
  ready: string;
  readonly mender: JsonMender;
  /** Place among the announced calls; undefined until the name is known. */
  index: number | undefined;
}

interface Delta {
  index?: unknown;
  id?: unknown;
  function?: { name?: unknown; arguments?: unknown } | null;
}

const string = (value: unknown): string => (typeof value === "string" ? value : "");

export class ToolCallDeltas {
  readonly #calls: Call[] = [];
  readonly #byIndex = new Map<number, Call>();
  #announced: number;

  /** @param first index of the first call: how many the message already has */
  constructor(
    first: number,
    readonly createId: (index: number) => string = createToolCallId,
  ) {
    this.#announced = first;
  }

  /** Takes the `tool_calls` of one chunk. */
  push(deltas: readonly unknown[]): ChatEvent[] {
    return deltas.flatMap((delta) =>
      typeof delta === "object" && delta !== null ? [...this.#add(delta as Delta)] : [],
    );
  }

  /** Some call's arguments were cut. */
  wasCut = false;

  /**
   * Ends the calls: those without arguments get `{}`, and what is not valid JSON is made so. Where the message was `cut`
   * arguments stay open instead.
   * @throws ChatError `upstream` for a call whose name never came.
   */
  end({ cut = false } = {}): ChatEvent[] {
    return this.#calls.flatMap((call): ChatEvent[] => {
      const { index, mender, name, text } = call;
      if (index === undefined) throw brokenConnection("The endpoint sent a tool call without a name");
      if (cut && !mender.isWhole) {
        this.wasCut = true;
        const description = `the message was cut inside a call of ${JSON.stringify(name)}; its arguments are not whole`;
        return [{ type: "repair", kind: "cut-call", description }];
      }
      const rest = mender.end();
      const events: ChatEvent[] = rest === "" ? [] : [{ type: "tool-call-arguments", index, delta: rest }];
      if (mender.slips === 0) return events;
      const description =
        text.trim() === ""
          ? `call ${JSON.stringify(name)} came without arguments; gave it {}`
          : `the arguments of call ${JSON.stringify(name)} were not a JSON object: ${text}`;
      return [...events, { type: "repair", kind: "tool-call-arguments", description }];
    });
  }

  *#add(delta: Delta): Generator<ChatEvent> {
    const call = this.#find(delta);
    const id = string(delta.id);
    if (id !== "") call.id ??= id;
    if (call.name === "") call.name = string(delta.function?.name);
    const raw = delta.function?.arguments;
    const isObject = typeof raw === "object" && raw !== null;
    const piece = isObject ? JSON.stringify(raw) : string(raw);
    call.text += piece;
    call.ready += call.mender.push(piece);
    if (call.name === "") return;
    if (call.index === undefined) yield* this.#announce(call);
    if (isObject) {
      yield {
        type: "repair",
        kind: "tool-call-arguments",
        description: `the arguments of call ${JSON.stringify(call.name)} were an object, not JSON text`,
      };
    }
    if (call.ready !== "") yield { type: "tool-call-arguments", index: call.index ?? 0, delta: call.ready };
    call.ready = "";
  }

  *#announce(call: Call): Generator<ChatEvent> {
    const index = this.#announced++;
    call.index = index;
    if (call.id === undefined) {
      call.id = this.createId(index);
      yield {
        type: "repair",
        kind: "tool-call-id",
        description: `call ${JSON.stringify(call.name)} came without an id; gave it ${call.id}`,
      };
    }
    yield { type: "tool-call", index, id: call.id, name: call.name };
  }

  /** The call a delta belongs to. Some endpoints leave out the index, others count every call as 0. */
  #find(delta: Delta): Call {
    const id = string(delta.id);
    const starts = id !== "" || string(delta.function?.name) !== "";
    if (typeof delta.index === "number") {
      const known = this.#byIndex.get(delta.index);
      const another = known?.id !== undefined && id !== "" && id !== known.id;
      if (known !== undefined && !another) return known;
      const call = this.#open();
      this.#byIndex.set(delta.index, call);
      return call;
    }
    const same = this.#calls.find((call) => id !== "" && call.id === id);
    const last = this.#calls.at(-1);
    if (same !== undefined) return same;
    return starts || last === undefined ? this.#open() : last;
  }

  #open(): Call {
    const call: Call = { id: undefined, name: "", text: "", ready: "", mender: new JsonMender(), index: undefined };
    this.#calls.push(call);
    return call;
  }
}
