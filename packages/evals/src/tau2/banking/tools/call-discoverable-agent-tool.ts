import { text } from "../../../tools/json-schema.js";
import { type DomainTool, ToolFailure } from "../../domain.js";
import { argumentsFor, called, toolNamed } from "../call-by-name.js";
import { addOnce, type Bank, idOf } from "../database.js";
import { inner } from "../inner/index.js";

interface Call {
  agent_tool_name: string;
  arguments?: string;
}

export const callDiscoverableAgentTool: DomainTool<Bank> = {
  name: "call_discoverable_agent_tool",
  description: "Calls an inner tool that you have unlocked.",
  parameters: { agent_tool_name: text("The tool"), arguments: text("As a JSON object") },
  optional: ["arguments"],
  writes: true,
  run(db, { agent_tool_name: name, arguments: text = "{}" }: Call) {
    const tool = toolNamed(inner, name);
    if (!db.session.unlocked.includes(name)) throw new ToolFailure(`${name} is not unlocked`);
    const args = argumentsFor(tool, text);
    const result = called(tool, db, args);
    if (tool.writes || db.session.recorded.includes(name)) {
      const row = { tool_name: name, status: "CALLED" };
      addOnce(db, "agent_discoverable_tools", idOf(`agent_discoverable_tool:${name}`, 16), row);
    }
    return result;
  },
};
