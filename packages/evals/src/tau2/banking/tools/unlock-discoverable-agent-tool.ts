import { text } from "../../../tools/json-schema.js";
import type { DomainTool } from "../../domain.js";
import { shown, toolNamed } from "../call-by-name.js";
import type { Bank } from "../database.js";
import { inner } from "../inner/index.js";

export const unlockDiscoverableAgentTool: DomainTool<Bank> = {
  name: "unlock_discoverable_agent_tool",
  description: "Unlocks an inner tool that the documents name, and tells its arguments. Only one that you will use.",
  parameters: { agent_tool_name: text("The tool") },
  writes: true,
  run({ session }, { agent_tool_name: name }: { agent_tool_name: string }) {
    const tool = toolNamed(inner, name);
    if (!session.unlocked.includes(name)) session.unlocked.push(name);
    return `It is unlocked; call it by call_discoverable_agent_tool.\n${shown(tool)}`;
  },
};
