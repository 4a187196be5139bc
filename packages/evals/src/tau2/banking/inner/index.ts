/** Inner tools of the bank's agents, which its documents name and an agent has to unlock. */

import type { InnerTool } from "../call-by-name.js";
import { accountCredits } from "./account-credits.js";
import { accounts } from "./accounts.js";
import { creditCards } from "./credit-cards.js";
import { creditLimits } from "./credit-limits.js";
import { debitCardActivation } from "./debit-card-activation.js";
import { debitCardOrder } from "./debit-card-order.js";
import { debitCardSettings } from "./debit-card-settings.js";
import { debitCards } from "./debit-cards.js";
import { disputes } from "./disputes.js";
import { handingOver } from "./handing-over.js";
import { looking } from "./looking.js";

export const inner: readonly InnerTool[] = [
  ...[...looking, ...handingOver, ...disputes, ...creditCards, ...creditLimits, ...accounts, ...accountCredits],
  ...[debitCardOrder, ...debitCardActivation, ...debitCards, ...debitCardSettings],
];
