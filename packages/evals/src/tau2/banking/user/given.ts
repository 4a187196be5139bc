/** Tools that the bank's documents have an agent give to its customer. Whatever comes of a call, it is on record. */

import { number, text } from "../../../tools/json-schema.js";
import { type DomainTool, ToolFailure } from "../../domain.js";
import { add, type Bank, idOf, type Row, rowOf, rowsWith, TODAY } from "../database.js";
import { accountId, cardAccountId, transactionId, userId } from "../fields.js";
import { balanceOf, dollars, isOpen, requirePositive } from "../money.js";

interface Dispute {
  user_id: string;
  transaction_id: string;
}

const dispute: DomainTool<Bank> = {
  name: "submit_cash_back_dispute_0589",
  description: "Disputes the cash back of a transaction.",
  parameters: { user_id: userId, transaction_id: transactionId },
  writes: true,
  run(db, { user_id, transaction_id }: Dispute) {
    const dispute_id = `dsp_${idOf(`dispute:${user_id}:${transaction_id}`)}`;
    const decided = (db.task_config.data.dispute_settings as Row | undefined)?.auto_resolve_disputes;
    return add(db, "cash_back_disputes", dispute_id, {
      ...{ dispute_id, user_id, transaction_id, submitted_at: TODAY },
      ...(decided ? { status: "RESOLVED", resolution: "APPROVED" } : { status: "SUBMITTED" }),
    });
  },
};

const referralLink: DomainTool<Bank> = {
  name: "get_referral_link",
  description: "Makes a link by which others may apply for a credit card.",
  parameters: { user_id: userId, card_name: text("The card, such as Gold Rewards Card") },
  writes: true,
  run(db, { user_id, card_name }: { user_id: string; card_name: string }) {
    const referral_id = idOf(`referral_link:${user_id}:${card_name}`, 16);
    return add(db, "referrals", referral_id, {
      ...{ referral_id, referrer_id: user_id, referred_account_type: card_name },
      ...{ referral_status: "NO_PROGRESS", date: TODAY },
    });
  },
};

const lastDigits: DomainTool<Bank> = {
  name: "get_card_last_4_digits",
  description: "Tells the last four digits of a credit card's number.",
  parameters: { credit_card_account_id: cardAccountId },
  writes: false,
  run(db, { credit_card_account_id: account_id }: { credit_card_account_id: string }) {
    if (rowsWith(db, "credit_card_accounts", { account_id }).length === 0)
      throw new ToolFailure("there is no such card");
    return idOf(`card_last4:${account_id}`, 64).replaceAll(/\D/g, "").slice(0, 4).padEnd(4, "0");
  },
};

const deposit: DomainTool<Bank> = {
  name: "deposit_check_3847",
  description: "Deposits a check, of which the customer takes a picture.",
  parameters: { account_id: accountId, check_amount: number("In USD") },
  writes: true,
  run(db, { account_id, check_amount }: { account_id: string; check_amount: number }) {
    requirePositive(check_amount);
    const account = rowOf(db, "accounts", account_id);
    if (!isOpen(account)) throw new ToolFailure("the account is not open");
    account.current_holdings = dollars(balanceOf(account) + check_amount);
    return `The account now holds ${account.current_holdings}.`;
  },
};

export const given: readonly DomainTool<Bank>[] = [dispute, referralLink, lastDigits, deposit];
