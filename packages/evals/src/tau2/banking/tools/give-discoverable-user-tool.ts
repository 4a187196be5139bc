import { parseObject } from "@cachalot/agent";
import { text } from "../../../tools/json-schema.js";
import { type DomainTool, ToolFailure } from "../../domain.js";
import { shown, toolNamed } from "../call-by-name.js";
import { addOnce, type Bank, idOf } from "../database.js";
import { given } from "../user/given.js";

interface Gift {
  discoverable_tool_name: string;
  arguments?: string;
}

export const giveDiscoverableUserTool: DomainTool<Bank> = {
  name: "give_discoverable_user_tool",
  description:
    "Gives the user a tool that the documents name for what they want to do. Tell them its name and arguments.",
  parameters: { discoverable_tool_name: text("The tool"), arguments: text("Arguments for it, as a JSON object") },
  optional: ["arguments"],
  writes: true,
  run(db, { discoverable_tool_name: name, arguments: text = "{}" }: Gift) {
    const tool = toolNamed(given, name);
    const args = parseObject(text);
    if (!args) throw new ToolFailure("the arguments are no JSON object");
    const strange = Object.keys(args).find((field) => !Object.hasOwn(tool.parameters, field));
    if (strange !== undefined) throw new ToolFailure(`there is no argument ${strange}`);
    const row = { tool_name: name, status: "GIVEN" };
    addOnce(db, "user_discoverable_tools", idOf(`user_discoverable_tool:${name}`, 16), row);
    return `The user has the tool, and calls it by call_discoverable_user_tool.\n${shown(tool)}`;
  },
};
