import { text } from "../../../tools/json-schema.js";
import type { DomainTool } from "../../domain.js";
import type { Telecom } from "../database.js";

export const getCustomerByName: DomainTool<Telecom> = {
  name: "get_customer_by_name",
  description: "Finds customers by name and day of birth; there may be several, or none.",
  parameters: { full_name: text("Such as Jane Doe"), dob: text("Day of birth, such as 1990-12-31") },
  writes: false,
  run: ({ customers }, { full_name: name, dob }: { full_name: string; dob: string }) =>
    customers.filter(
      ({ full_name, date_of_birth }) => full_name.toLowerCase() === name.toLowerCase() && date_of_birth === dob,
    ),
};
