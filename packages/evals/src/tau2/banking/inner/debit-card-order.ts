/** Inner tool that orders a debit card: the order, its fees, and the card, which waits for its activation. */

import { number, text } from "../../../tools/json-schema.js";
import { type DomainTool, ToolFailure } from "../../domain.js";
import { add, addOnce, type Bank, find, idOf, type Row, requireOneOf, rowOf, rowsWith, TODAY } from "../database.js";
import { accountId, userId } from "../fields.js";
import { dollars, inSeed, wholeDollars } from "../money.js";

const DELIVERIES = { STANDARD: "7-10 business days", EXPEDITED: "3-5 business days", RUSH: "1-2 business days" };
const DESIGNS = ["CLASSIC", "PREMIUM", "CUSTOM"];
/** That an account must hold. */
const LEAST = 25;

interface Order {
  account_id: string;
  user_id: string;
  delivery_option: string;
  delivery_fee: number;
  card_design: string;
  design_fee: number;
  shipping_address: string;
  excess_replacement_fee?: number;
}

export const debitCardOrder: DomainTool<Bank> = {
  name: "order_debit_card_5739",
  description: "Orders a debit card for a checking account, which pays the fees for it.",
  parameters: {
    ...{ account_id: accountId, user_id: userId, delivery_option: text(Object.keys(DELIVERIES).join(", ")) },
    ...{ delivery_fee: number("In USD"), card_design: text(DESIGNS.join(", ")), design_fee: number("In USD") },
    ...{ shipping_address: text("Where it is sent"), excess_replacement_fee: number("In USD, where one is due") },
  },
  optional: ["excess_replacement_fee"],
  writes: true,
  run(db, given: Order) {
    const order = {
      ...given,
      ...{ delivery_option: given.delivery_option.toUpperCase(), card_design: given.card_design.toUpperCase() },
      excess_replacement_fee: given.excess_replacement_fee ?? 0,
    };
    requireOneOf("delivery_option", order.delivery_option, Object.keys(DELIVERIES));
    requireOneOf("card_design", order.card_design, DESIGNS);
    const held = heldBy(db, order);
    const total_fee = order.delivery_fee + order.design_fee + order.excess_replacement_fee;
    if (total_fee > 0 && held < total_fee) throw new ToolFailure(`the account has only ${dollars(held)} for the fees`);
    const { account_id, user_id, delivery_option } = order;
    const order_id = `dcord_${idOf(`debit_card_order:${account_id}:${user_id}:${delivery_option}`)}`;
    const placed = add(db, "debit_card_orders", order_id, {
      ...{ order_id, ...order, total_fee, order_date: TODAY, status: "PENDING" },
      expected_delivery: DELIVERIES[delivery_option as keyof typeof DELIVERIES],
    });
    if (total_fee > 0) charge(db, order, { order_id, total_fee, held });
    const card = cardOf(db, order);
    addOnce(db, "debit_cards", String(card.card_id), card);
    return { order: placed, card_id: card.card_id };
  },
};

/** What an account holds that may have another card. @throws ToolFailure where it may not */
function heldBy(db: Bank, { account_id, user_id }: Order): number {
  const account = rowOf(db, "accounts", account_id);
  if (account.class !== "checking") throw new ToolFailure("it is no checking account");
  if (account.status !== "OPEN") throw new ToolFailure("the account is not open");
  if (account.user_id !== user_id) throw new ToolFailure("the account is another customer's");
  // As in the benchmark: a balance that is written with a dollar sign counts as none here.
  const held = Number(String(account.current_holdings ?? "0").replaceAll(",", "")) || 0;
  if (held < LEAST) throw new ToolFailure(`the account must hold ${dollars(LEAST)}; it holds ${dollars(held)}`);
  if (rowsWith(db, "debit_card_orders", { account_id, status: "PENDING" }).length > 0)
    throw new ToolFailure("a card for the account is ordered already");
  if (rowsWith(db, "debit_cards", { account_id, status: "ACTIVE" }).length > 0)
    throw new ToolFailure("the account has an active card, and may have one only");
  return held;
}

type Fees = Required<Pick<Order, "account_id" | "delivery_fee" | "design_fee" | "excess_replacement_fee">>;

function charge(
  db: Bank,
  { account_id, delivery_fee, design_fee, excess_replacement_fee }: Fees,
  { order_id, total_fee, held }: { order_id: string; total_fee: number; held: number },
): void {
  rowOf(db, "accounts", account_id).current_holdings = (held - total_fee).toFixed(2);
  const parts = [
    ...(delivery_fee > 0 ? [`Delivery $${inSeed(delivery_fee)}`] : []),
    ...(design_fee > 0 ? [`Design $${inSeed(design_fee)}`] : []),
    ...(excess_replacement_fee > 0 ? [`Excess Replacement ${wholeDollars(excess_replacement_fee)}`] : []),
  ];
  const transaction_id = `btxn_dcfee_${order_id.slice(-8)}`;
  addOnce(db, "bank_account_transaction_history", transaction_id, {
    ...{ transaction_id, account_id, date: TODAY, description: `DEBIT CARD ORDER FEE - ${parts.join(", ")}` },
    ...{ amount: -total_fee, type: "debit_card_fee", status: "posted" },
  });
}

function cardOf(db: Bank, { account_id, user_id, card_design }: Order): Row {
  const card_id = `dbc_${idOf(`debit_card:${account_id}:${user_id}:${TODAY}`)}`;
  const digits = (what: string, hex: number, count: number) =>
    idOf(`card_details:${card_id}:${what}`, hex).replaceAll(/\D/g, "").slice(0, count).padStart(count, "0");
  return {
    ...{ card_id, account_id, user_id, last_4_digits: digits("last4", 8, 4), cvv: digits("cvv", 6, 3) },
    cardholder_name: String(find(db, "users", user_id)?.name ?? "CARDHOLDER").toUpperCase(),
    ...{ status: "PENDING", issue_date: TODAY, expiration_date: "11/30/2029", card_design },
    issue_reason: issueReason(rowsWith(db, "debit_cards", { account_id })),
  };
}

function issueReason(before: readonly Row[]): string {
  if (before.length === 0) return "new_account";
  const why = before.find(({ status }) => status === "CLOSED")?.closure_reason;
  if (why === "fraud_suspected") return "fraud";
  return why === "lost" || why === "stolen" || why === "fraud" ? why : "first_card";
}
