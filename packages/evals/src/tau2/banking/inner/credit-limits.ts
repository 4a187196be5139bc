/** Inner tools for the limits of credit cards: asked for, approved, denied. */

import { whole } from "../../../tools/json-schema.js";
import { type DomainTool, ToolFailure } from "../../domain.js";
import { add, addOnce, type Bank, idOf, type Row, requireOneOf, rowOf, rowsWith, TODAY } from "../database.js";
import { cardAccountId, reason, userId } from "../fields.js";
import { amountOf, dollars, requirePositive } from "../money.js";

interface OfAccount {
  credit_card_account_id: string;
  user_id: string;
}

/** @throws ToolFailure */
function ownAccount(db: Bank, { credit_card_account_id, user_id }: OfAccount): Row {
  const row = rowOf(db, "credit_card_accounts", credit_card_account_id);
  if (row.user_id !== user_id) throw new ToolFailure("the account is another customer's");
  return row;
}

const requestId = ({ credit_card_account_id, user_id }: OfAccount, increase: number): string =>
  `cli_${idOf(`cli_request:${credit_card_account_id}:${user_id}:${increase.toFixed(2)}`)}`;

const request: DomainTool<Bank> = {
  name: "submit_credit_limit_increase_request_7392",
  description: "Asks for a higher limit of a customer's credit card.",
  parameters: {
    ...{ credit_card_account_id: cardAccountId, user_id: userId },
    requested_increase_amount: whole("By how many USD"),
  },
  writes: true,
  run(db, args: OfAccount & { requested_increase_amount: number }) {
    requirePositive(args.requested_increase_amount);
    ownAccount(db, args);
    const request_id = requestId(args, args.requested_increase_amount);
    const row = { request_id, ...args, submitted_at: TODAY, status: "PENDING" };
    return add(db, "credit_limit_increase_requests", request_id, row);
  },
};

/** Whether disputes, another card on its way or the account's standing forbid a higher limit. */
const isBarred = (db: Bank, { credit_card_account_id, user_id }: OfAccount, { account_status }: Row): boolean =>
  rowsWith(db, "transaction_disputes", { user_id }).some(({ status }) =>
    ["SUBMITTED", "UNDER_REVIEW", "PENDING"].includes(String(status)),
  ) ||
  rowsWith(db, "credit_card_orders", { credit_card_account_id }).some(({ status }) =>
    ["PENDING", "PROCESSING", "SHIPPED"].includes(String(status)),
  ) ||
  ["PAST_DUE", "DELINQUENT", "COLLECTIONS", "CLOSED"].includes(String(account_status ?? "").toUpperCase());

const approve: DomainTool<Bank> = {
  name: "approve_credit_limit_increase_5847",
  description: "Approves a higher limit of a customer's credit card, and sets it.",
  parameters: {
    ...{ credit_card_account_id: cardAccountId, user_id: userId, new_credit_limit: whole("All of it, in USD") },
  },
  writes: true,
  run(db, { new_credit_limit: limit, ...args }: OfAccount & { new_credit_limit: number }) {
    const account = ownAccount(db, args);
    if (isBarred(db, args, account)) throw new ToolFailure("the limit cannot be raised at this time");
    const before = amountOf(account.credit_limit);
    account.credit_limit = dollars(limit);
    const request_id = requestId(args, limit - before);
    const row = {
      ...{ request_id, ...args, previous_limit: dollars(before), new_limit: dollars(limit) },
      ...{ increase_amount: dollars(limit - before), decision_date: TODAY, status: "APPROVED" },
    };
    // A request of the same height stays as it was.
    addOnce(db, "credit_limit_increase_requests", request_id, row);
    return row;
  },
};

const DENIED_FOR = [
  ...["insufficient_account_age", "cooldown_period_active", "pending_disputes", "pending_replacement_card"],
  ...["past_due_balance", "high_utilization", "insufficient_payment_history", "requested_amount_exceeds_limit"],
  "other",
];

const deny: DomainTool<Bank> = {
  name: "deny_credit_limit_increase_5848",
  description: "Denies a higher limit of a customer's credit card.",
  parameters: { credit_card_account_id: cardAccountId, user_id: userId, denial_reason: reason(DENIED_FOR) },
  writes: true,
  run(db, args: OfAccount & { denial_reason: string }) {
    requireOneOf("denial_reason", args.denial_reason, DENIED_FOR);
    rowOf(db, "credit_card_accounts", args.credit_card_account_id);
    const request_id = requestId(args, 0);
    const row = { request_id, ...args, decision_date: TODAY, status: "DENIED" };
    addOnce(db, "credit_limit_increase_requests", request_id, row);
    return row;
  },
};

export const creditLimits: readonly DomainTool<Bank>[] = [request, approve, deny];
