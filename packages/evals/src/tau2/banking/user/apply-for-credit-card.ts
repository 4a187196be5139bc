import { flag, number, text } from "../../../tools/json-schema.js";
import type { UserTool } from "../../domain.js";
import { add, type Bank, idOf, requireOneOf, TODAY } from "../database.js";
import { inSeed } from "../money.js";
import { REWARDS } from "../rewards.js";

interface Application {
  card_type: string;
  customer_name: string;
  annual_income: number;
  rho_bank_subscription?: boolean;
}

export const applyForCreditCard: UserTool<Bank> = {
  name: "apply_for_credit_card",
  description: "Applies for a credit card.",
  parameters: {
    ...{ card_type: text(`One of: ${Object.keys(REWARDS).join(", ")}`), customer_name: text("Full legal name") },
    ...{ annual_income: number("In USD"), rho_bank_subscription: flag("Whether you have Rho-Bank+") },
  },
  optional: ["rho_bank_subscription"],
  asked: /\bapply\b|application/i,
  writes: true,
  run(db, { card_type, customer_name, annual_income, rho_bank_subscription = false }: Application) {
    requireOneOf("card_type", card_type, Object.keys(REWARDS));
    const subscribed = rho_bank_subscription ? "True" : "False";
    const seed = `credit_card:${card_type}:${customer_name}:${inSeed(annual_income)}:${subscribed}`;
    const application_id = idOf(seed, 16);
    add(db, "credit_card_applications", application_id, {
      ...{ application_id, card_type, customer_name, annual_income, rho_bank_subscription },
      ...{ status: "PENDING", date: TODAY },
    });
    return "The application is submitted. A decision comes by mail within a week.";
  },
};
