/** tau2-bench's bank: its policy is in documents to be searched, which also name tools that are not offered at first. */

import type { Domain, DomainCall } from "../domain.js";
import { type Bank, TABLES } from "./database.js";
import { inner } from "./inner/index.js";
import { callDiscoverableAgentTool } from "./tools/call-discoverable-agent-tool.js";
import { changeUserEmail } from "./tools/change-user-email.js";
import { getCurrentTime } from "./tools/get-current-time.js";
import { giveDiscoverableUserTool } from "./tools/give-discoverable-user-tool.js";
import { logVerification } from "./tools/log-verification.js";
import { lookups } from "./tools/lookups.js";
import { transferToHumanAgents } from "./tools/transfer-to-human-agents.js";
import { unlockDiscoverableAgentTool } from "./tools/unlock-discoverable-agent-tool.js";
import { userTools } from "./user/index.js";

/** Inner tools that gold calls name: of these what only reads is on record as well. */
const calledBy = (gold: readonly DomainCall[]): string[] =>
  gold.flatMap(({ name, arguments: { agent_tool_name: inner } }) =>
    name === callDiscoverableAgentTool.name && typeof inner === "string" ? [inner] : [],
  );

export const banking: Domain<Bank> = {
  name: "banking_knowledge",
  policies: ["prompts/components/policy_header.md", "prompts/components/additional_instructions.md"],
  documents: "documents",
  tables: [...TABLES, "session"],
  defaults: {
    ...Object.fromEntries(TABLES.map((name) => [name, { data: {}, notes: "" }])),
    session: { unlocked: [], recorded: [] },
  },
  uncounted: ["session"],
  tools: [
    ...[callDiscoverableAgentTool, changeUserEmail, getCurrentTime, giveDiscoverableUserTool, ...lookups],
    ...[logVerification, transferToHumanAgents, unlockDiscoverableAgentTool],
  ],
  userTools,
  begin(db, gold) {
    const reads = inner.filter(({ writes }) => !writes).map(({ name }) => name);
    db.session.recorded = reads.filter((name) => calledBy(gold).includes(name));
  },
  harm: ({ users }) => ({
    name: changeUserEmail.name,
    arguments: { user_id: Object.keys(users.data)[0]!, new_email: "nobody@example.com" },
  }),
};
