/** Inner tools for bank accounts: opened, closed, and money moved between them. */

import { flag, text } from "../../../tools/json-schema.js";
import { type DomainTool, ToolFailure } from "../../domain.js";
import { add, type Bank, daysSince, idOf, type Row, requireOneOf, rowOf, rowsWith, TODAY } from "../database.js";
import { accountId, amount, userId } from "../fields.js";
import { balanceOf, dollars, isOpen, requirePositive } from "../money.js";

const TYPES = ["checking", "savings", "business_checking", "business_savings"];

const isOf = (types: readonly string[], { account_type, class: kind }: Row): boolean =>
  types.includes(String(account_type ?? kind ?? ""));
const PERSONAL = ["checking", "personal_checking"];
const isOldEnough = ({ date_opened }: Row, days: number): boolean => (daysSince(date_opened) ?? 0) >= days;

/** What a customer must have before an account of a type. */
const ALLOWED: Readonly<Record<string, (own: readonly Row[]) => boolean>> = {
  savings: (own) => own.some((row) => isOf(PERSONAL, row) && isOpen(row) && isOldEnough(row, 14)),
  business_checking: (own) =>
    own.every(({ status }) => status !== "CLOSED") && own.some((row) => isOf(PERSONAL, row) && isOpen(row)),
  business_savings: (own) =>
    own.every((row) => balanceOf(row) >= 0) &&
    own.some((row) => isOf(["business_checking"], row) && isOpen(row) && isOldEnough(row, 30)),
};

interface Opening {
  user_id: string;
  account_type: string;
  account_class: string;
}

const open: DomainTool<Bank> = {
  name: "open_bank_account_4821",
  description: "Opens a bank account for a customer.",
  parameters: {
    ...{ user_id: userId, account_type: text(`One of: ${TYPES.join(", ")}`) },
    account_class: text("Full official name of the kind of account"),
  },
  writes: true,
  run(db, { user_id, account_type, account_class }: Opening) {
    requireOneOf("account_type", account_type, TYPES);
    if (!(ALLOWED[account_type]?.(rowsWith(db, "accounts", { user_id })) ?? true))
      throw new ToolFailure("the customer does not meet what such an account requires");
    const account_id = idOf(`account:${user_id}:${account_type}:${account_class}`, 16);
    return add(db, "accounts", account_id, {
      ...{ account_id, user_id, account_type, account_class },
      ...{ current_holdings: "0.00", status: "OPEN", date_opened: TODAY },
    });
  },
};

/** What closing an account early costs, and within how many days that is, by level. */
const EARLY: Readonly<Record<string, Readonly<Record<string, readonly [fee: number, days: number]>>>> = {
  checking: {
    ...{ "Light Blue Account": [15, 30], "Light Green Account": [15, 30], "Green Fee-Free Account": [15, 30] },
    ...{ "Blue Account": [25, 60], "Green Account": [25, 60], "Evergreen Account": [50, 90] },
    "Bluest Account": [100, 180],
  },
  savings: {
    ...{ "Bronze Account": [20, 60], "Silver Account": [35, 90], "Silver Plus Account": [35, 90] },
    ...{ "Gold Account": [75, 180], "Gold Plus Account": [75, 180], "Gold Years Account": [75, 180] },
    ...{ "Platinum Account": [150, 270], "Platinum Plus Account": [150, 270], "Diamond Elite Account": [150, 270] },
  },
};

interface Closing {
  account_id: string;
  reason?: string;
  waive_early_closure_fee?: boolean;
}

const close: DomainTool<Bank> = {
  name: "close_bank_account_7392",
  description: "Closes a bank account that holds nothing but a fee for closing it early.",
  parameters: { account_id: accountId, reason: text("Why"), waive_early_closure_fee: flag("Whether there is no fee") },
  optional: ["reason", "waive_early_closure_fee"],
  writes: true,
  run(db, { account_id, reason = "Customer requested closure", waive_early_closure_fee: waived = false }: Closing) {
    const account = rowOf(db, "accounts", account_id);
    if (account.status === "CLOSED") throw new ToolFailure("the account is closed");
    const [fee, within] = EARLY[String(account.class)]?.[String(account.level)] ?? [0, 0];
    const held = balanceOf(account);
    const age = daysSince(account.date_opened);
    const due = !waived && age !== undefined && age < within ? fee : 0;
    if (held < due) throw new ToolFailure("the account cannot be closed");
    if (held !== due) throw new ToolFailure(`the account must be empty; it holds ${dollars(held)}`);
    return Object.assign(account, {
      ...{ status: "CLOSED", date_closed: TODAY, closure_reason: reason, early_closure_fee_waived: waived },
    });
  },
};

interface Transfer {
  source_account_id: string;
  destination_account_id: string;
  amount: number;
}

const transfer: DomainTool<Bank> = {
  name: "transfer_funds_between_bank_accounts_7291",
  description: "Moves money from one bank account to another.",
  parameters: { source_account_id: accountId, destination_account_id: accountId, amount },
  writes: true,
  run(db, { source_account_id, destination_account_id, amount }: Transfer) {
    requirePositive(amount);
    if (source_account_id === destination_account_id) throw new ToolFailure("both accounts are the same");
    const [from, to] = [rowOf(db, "accounts", source_account_id), rowOf(db, "accounts", destination_account_id)];
    if (!isOpen(from) || !isOpen(to)) throw new ToolFailure("both accounts must be open");
    const held = balanceOf(from);
    if (held < amount) throw new ToolFailure(`the account has only ${dollars(held)}`);
    from.current_holdings = dollars(held - amount);
    to.current_holdings = dollars(balanceOf(to) + amount);
    return { source_balance: from.current_holdings, destination_balance: to.current_holdings };
  },
};

export const accounts: readonly DomainTool<Bank>[] = [open, close, transfer];
