/** What the bank's customers can do by themselves. */

import type { UserTool } from "../../domain.js";
import type { Bank } from "../database.js";
import { applyForCreditCard } from "./apply-for-credit-card.js";
import { callDiscoverableUserTool } from "./call-discoverable-user-tool.js";
import { listDiscoverableUserTools } from "./list-discoverable-user-tools.js";
import { requestHumanAgentTransfer } from "./request-human-agent-transfer.js";
import { submitReferral } from "./submit-referral.js";
import { submitTransaction } from "./submit-transaction.js";

export const userTools: readonly UserTool<Bank>[] = [
  ...[applyForCreditCard, callDiscoverableUserTool, listDiscoverableUserTools, requestHumanAgentTransfer],
  ...[submitReferral, submitTransaction],
];
