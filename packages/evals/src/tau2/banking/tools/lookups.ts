/** Tools that look customers and what is theirs up. */

import { text } from "../../../tools/json-schema.js";
import type { DomainTool } from "../../domain.js";
import { type Bank, rowsWith } from "../database.js";
import { userId } from "../fields.js";
import { lookup } from "../inner/looking.js";

const byName: DomainTool<Bank> = {
  name: "get_user_information_by_name",
  description: "Finds customers by their full name, upper and lower case as it is written.",
  parameters: { customer_name: text("The name") },
  writes: false,
  run: (db, { customer_name: name }: { customer_name: string }) => rowsWith(db, "users", { name }),
};

const referrals: DomainTool<Bank> = {
  name: "get_referrals_by_user",
  description: "Referrals that a customer made.",
  parameters: { user_id: userId },
  writes: false,
  run: (db, { user_id }: { user_id: string }) => rowsWith(db, "referrals", { referrer_id: user_id }),
};

const used: DomainTool<Bank> = {
  name: "list_discoverable_agent_tools",
  description: "Inner tools that you have called.",
  parameters: {},
  writes: false,
  run: (db) => rowsWith(db, "agent_discoverable_tools", {}),
};

const ofUser = { by: "user_id", schema: userId };

export const lookups: readonly DomainTool<Bank>[] = [
  ...[byName, referrals, used],
  lookup({
    ...{ name: "get_user_information_by_id", description: "A customer: birth, addresses, number." },
    ...{ table: "users", ...ofUser },
  }),
  lookup({
    ...{ name: "get_user_information_by_email", description: "Finds a customer by their mail address." },
    ...{ table: "users", by: "email", schema: text("The address") },
  }),
  lookup({
    ...{ name: "get_credit_card_transactions_by_user", description: "A customer's credit card transactions." },
    ...{ table: "credit_card_transaction_history", ...ofUser },
  }),
  lookup({
    ...{ name: "get_credit_card_accounts_by_user", description: "A customer's credit card accounts." },
    ...{ table: "credit_card_accounts", ...ofUser },
  }),
];
