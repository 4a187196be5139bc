import type { UserTool } from "../../domain.js";
import { addOnce, type Bank, rowsWith, TODAY } from "../database.js";

export const requestHumanAgentTransfer: UserTool<Bank> = {
  name: "request_human_agent_transfer",
  description: "Asks to be handed over to a person; each time is on record.",
  parameters: {},
  asked: /human agent|transfer(?:red)? to|handed over/i,
  writes: true,
  run(db) {
    const request_number = rowsWith(db, "human_transfer_requests", {}).length + 1;
    const request_id = `transfer_request_${request_number}`;
    const row = { request_id, request_number, requested_at: TODAY, status: "PENDING" };
    addOnce(db, "human_transfer_requests", request_id, row);
    return `Request ${request_number} is submitted.`;
  },
};
