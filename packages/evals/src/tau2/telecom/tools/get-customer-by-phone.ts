import { text } from "../../../tools/json-schema.js";
import type { DomainTool } from "../../domain.js";
import { customerWithNumber, type Telecom } from "../database.js";

export const getCustomerByPhone: DomainTool<Telecom> = {
  name: "get_customer_by_phone",
  description: "Finds a customer by the phone number of theirs or of one of their lines.",
  parameters: { phone_number: text("Such as 555-000-0000") },
  writes: false,
  run: (db, { phone_number }: { phone_number: string }) => customerWithNumber(db, phone_number),
};
