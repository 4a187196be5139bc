/** Arguments that several tools of the telephone company have. */

import { text } from "../../tools/json-schema.js";

export const customerId = text("The customer, such as C1000");
export const lineId = text("A line of the customer's, such as L1000");
export const billId = text("A bill of the customer's, such as B1000");
