/** Inner tools that credit bank accounts, or report that too little was credited. */

import { number } from "../../../tools/json-schema.js";
import { type DomainTool, ToolFailure } from "../../domain.js";
import { type Bank, idOf, requireOneOf, rowOf, TODAY } from "../database.js";
import { accountId, amount, reason, userId } from "../fields.js";
import { balanceOf, dollars, inSeed, isOpen, requirePositive } from "../money.js";

interface Kind {
  name: string;
  kind: "checking" | "savings";
  classes: readonly string[];
  types: Readonly<Record<string, string>>;
  written: (amount: number) => string;
}

interface Credit {
  account_id: string;
  amount: number;
  credit_type: string;
}

const credit = ({ name, kind, classes, types, written }: Kind): DomainTool<Bank> => ({
  ...{ name, description: `Credits a sum to a ${kind} account.`, writes: true },
  parameters: { account_id: accountId, amount, credit_type: reason(Object.keys(types)) },
  run(db, { account_id, amount, credit_type }: Credit) {
    requirePositive(amount);
    requireOneOf("credit_type", credit_type, Object.keys(types));
    const account = rowOf(db, "accounts", account_id);
    if (!classes.includes(String(account.class ?? "").toLowerCase())) throw new ToolFailure(`it is no ${kind} account`);
    if (!isOpen(account)) throw new ToolFailure("the account is not open");
    account.current_holdings = written(balanceOf(account) + amount);
    const seed = `${kind}_credit:${account_id}:${credit_type}:${inSeed(amount)}:${TODAY}`;
    const transaction_id = `txn_${idOf(seed, 16)}`;
    db.bank_account_transaction_history.data[transaction_id] = {
      ...{ transaction_id, account_id, date: TODAY, description: `${types[credit_type]} - CUSTOMER SERVICE` },
      ...{ amount, type: credit_type, status: "posted" },
    };
    return { transaction_id, new_balance: account.current_holdings };
  },
});

interface Discrepancy {
  account_id: string;
  user_id: string;
}

const report: DomainTool<Bank> = {
  name: "submit_interest_discrepancy_report_7294",
  description: "Reports that an account was credited other interest than it should have been.",
  parameters: {
    ...{ account_id: accountId, user_id: userId, expected_apy: number("Percent, that were due") },
    ...{ actual_apy: number("Percent, that were credited"), amount_difference: number("In USD") },
  },
  writes: true,
  // As in the benchmark: no table keeps the reports; that the tool was called is on record.
  run(db, { account_id, user_id }: Discrepancy) {
    rowOf(db, "accounts", account_id);
    rowOf(db, "users", user_id);
    return "The report is submitted.";
  },
};

export const accountCredits: readonly DomainTool<Bank>[] = [
  credit({
    ...{ name: "apply_checking_account_credit_5829", kind: "checking", classes: ["checking"], written: dollars },
    types: { rebate_credit: "REBATE CREDIT", fee_refund: "FEE REFUND" },
  }),
  credit({
    ...{ name: "apply_savings_account_credit_6831", kind: "savings", classes: ["saving", "savings"] },
    types: { interest_correction: "INTEREST CORRECTION", fee_refund: "FEE REFUND", goodwill_credit: "GOODWILL CREDIT" },
    written: (amount) => amount.toFixed(2),
  }),
  report,
];
