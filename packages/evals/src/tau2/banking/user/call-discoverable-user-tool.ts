import { text } from "../../../tools/json-schema.js";
import { ToolFailure, type UserTool } from "../../domain.js";
import { argumentsFor, called, toolNamed } from "../call-by-name.js";
import { addOnce, type Bank, idOf, rowsWith, TODAY } from "../database.js";
import { given } from "./given.js";

interface Call {
  discoverable_tool_name: string;
  arguments?: string;
}

export const callDiscoverableUserTool: UserTool<Bank> = {
  name: "call_discoverable_user_tool",
  description: "Uses a tool that the agent has given you.",
  parameters: {
    ...{ discoverable_tool_name: text("The tool, as the agent has named it"), arguments: text("As a JSON object") },
  },
  optional: ["arguments"],
  asked: new RegExp(given.map(({ name }) => name).join("|")),
  writes: true,
  run(db, { discoverable_tool_name: name, arguments: text = "{}" }: Call) {
    const tool = toolNamed(given, name);
    const args = argumentsFor(tool, text);
    if (rowsWith(db, "user_discoverable_tools", { tool_name: name }).length === 0)
      throw new ToolFailure(`the agent has not given you ${name}; it has to do that first`);
    const sorted = JSON.stringify(Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1)));
    addOnce(db, "user_discoverable_tool_calls", idOf(`user_discoverable_tool_call:${name}:${sorted}`, 16), {
      ...{ tool_name: name, arguments: args, called_at: TODAY, status: "CALLED" },
    });
    // As in the benchmark: what customers leave empty is not looked at.
    return called(tool, db, args, () => {});
  },
};
