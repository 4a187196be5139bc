import { text } from "../../../tools/json-schema.js";
import type { UserTool } from "../../domain.js";
import { add, type Bank, idOf, TODAY } from "../database.js";
import { userId } from "../fields.js";

export const submitReferral: UserTool<Bank> = {
  name: "submit_referral",
  description: "Refers somebody to an account or card.",
  parameters: { user_id: userId, account_type: text("What they are to open") },
  asked: /\brefer(?:ral|ring)?\b/i,
  writes: true,
  run(db, { user_id, account_type }: { user_id: string; account_type: string }) {
    const referral_id = idOf(`referral:${user_id}:${account_type}`, 16);
    return add(db, "referrals", referral_id, {
      ...{ referral_id, referrer_id: user_id, referred_account_type: account_type },
      ...{ referral_status: "NO_PROGRESS", date: TODAY },
    });
  },
};
