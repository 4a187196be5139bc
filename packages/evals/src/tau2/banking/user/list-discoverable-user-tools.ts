import type { UserTool } from "../../domain.js";
import { type Bank, rowsWith } from "../database.js";

export const listDiscoverableUserTools: UserTool<Bank> = {
  name: "list_discoverable_user_tools",
  description: "The tools that the agent has given you.",
  parameters: {},
  asked: /which tools/i,
  usual: {},
  writes: false,
  run: (db) => rowsWith(db, "user_discoverable_tools", {}),
};
