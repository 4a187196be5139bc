import { number, text } from "../../../tools/json-schema.js";
import type { UserTool } from "../../domain.js";
import { add, type Bank, idOf, requireOneOf, TODAY } from "../database.js";
import { userId } from "../fields.js";
import { dollars } from "../money.js";
import { REWARDS } from "../rewards.js";

interface Purchase {
  user_id: string;
  credit_card_type: string;
  merchant_name: string;
  amount: number;
  category: string;
}

export const submitTransaction: UserTool<Bank> = {
  name: "submit_transaction",
  description: "Buys something with a credit card.",
  parameters: {
    ...{ user_id: userId, credit_card_type: text("The card, such as Gold Rewards Card") },
    ...{ merchant_name: text("Where"), amount: number("In USD"), category: text("Such as Groceries or Travel") },
  },
  asked: /\b(?:purchase|transaction|buy)\b/i,
  writes: true,
  run(db, { user_id, credit_card_type, merchant_name, amount, category }: Purchase) {
    requireOneOf("credit_card_type", credit_card_type, Object.keys(REWARDS));
    const rates = REWARDS[credit_card_type]!;
    const rate = Object.hasOwn(rates, category) ? rates[category]! : rates.default;
    const seed = `transaction:${user_id}:${credit_card_type}:${merchant_name}:${amount.toFixed(2)}:${category}`;
    const transaction_id = `txn_${idOf(seed)}`;
    return add(db, "credit_card_transaction_history", transaction_id, {
      ...{ transaction_id, user_id, credit_card_type, merchant_name, transaction_amount: dollars(amount) },
      ...{ transaction_date: TODAY, category, status: "COMPLETED" },
      rewards_earned: `${Math.trunc(amount * rate)} points`,
    });
  },
};
