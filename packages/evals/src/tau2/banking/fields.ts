/** Arguments that several tools of the bank have. */

import { number, text } from "../../tools/json-schema.js";

export const userId = text("The customer, such as ab12c3d4e5");
export const cardAccountId = text("A credit card account, such as cc_ab12c3d4e5_gold");
export const accountId = text("A bank account, such as chk_ab12c3d4e5");
export const cardId = text("A debit card, such as dbc_ab12c3d4e5");
export const transactionId = text("The transaction, such as txn_ab12c3d4e5f6");
export const lastDigits = text("Last four digits of the card's number");
export const amount = number("In USD");
export const reason = (values: readonly string[]) => text(`Why; one of: ${values.join(", ")}`);
