import type { ToolDefinition } from "@cachalot/chat";
import type * as z from "zod";
import { AgentError } from "../errors.js";
import { clip } from "./clip.js";
import { type JsonSchema, toInput } from "./input-schema.js";

/** What a tool knows about the call it serves. */
export interface ToolContext {
  /** Aborted when the run is: stop, and release what the call holds. */
  signal: AbortSignal;
  /** The call's id in the conversation. */
  callId: string;
  /** The same for every attempt at the same call of the same run: hand it to services that would otherwise act twice. */
  idempotencyKey: string;
}

/** Something a model can call. */
export interface Tool {
  readonly definition: ToolDefinition;
  /** Whether calls of one message may run at the same time. Only for tools whose calls cannot disturb one another. */
  readonly concurrent?: boolean;
  /** The state of this process that calls leave for later calls: "files and variables". Default: the tool is stateless. */
  readonly stateful?: string;
  /** Receives the parsed arguments; what it returns is what the model reads. */
  execute(args: Record<string, unknown>, context: ToolContext): string | Promise<string>;
}

export interface ToolOptions<Input> {
  /** Letters, digits, `_` and `-`, 64 at most. */
  name: string;
  /** What it does and when to use it, for the model. */
  description: string;
  /** A zod object schema, or a JSON Schema (draft 2020-12) of type "object". */
  inputSchema: z.ZodType<Input> | JsonSchema;
  /** Text is the result as it is; anything else becomes JSON. What it throws becomes an error result. */
  execute(input: Input, context: ToolContext): unknown;
  /** See `Tool.concurrent`. Default false. */
  concurrent?: boolean;
  /** See `Tool.stateful`. */
  stateful?: string;
  /** Results longer than this lose their middle. In characters; default 32,768. */
  maxResultCharacters?: number;
}

const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Defines a tool. Arguments are validated before `execute` sees them; the model reads what was wrong with them.
 *
 * @throws AgentError `invalid_tool` for a bad name, a schema that is not an object's, or one that does not compile
 */
export function tool<Input = Record<string, unknown>>(options: ToolOptions<Input>): Tool {
  const { name, description, execute, concurrent = false, stateful } = options;
  const { maxResultCharacters = 32_768 } = options;
  if (!NAME.test(name)) {
    throw new AgentError(
      "invalid_tool",
      `${JSON.stringify(name)} is no tool name; use 1 to 64 letters, digits, _ and -`,
    );
  }
  const input = toInput<Input>(name, options.inputSchema);
  return {
    definition: { type: "function", function: { name, description, parameters: input.jsonSchema } },
    concurrent,
    ...(stateful === undefined ? {} : { stateful }),
    async execute(args, context) {
      const result = await execute(input.parse(args), context);
      return clip(typeof result === "string" ? result : (JSON.stringify(result) ?? ""), maxResultCharacters);
    },
  };
}
