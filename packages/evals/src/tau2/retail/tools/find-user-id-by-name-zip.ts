import { text } from "../../../tools/json-schema.js";
import { type DomainTool, ToolFailure } from "../../domain.js";
import type { Shop } from "../database.js";

interface Wanted {
  first_name: string;
  last_name: string;
  zip: string;
}

export const findUserIdByNameZip: DomainTool<Shop> = {
  name: "find_user_id_by_name_zip",
  description: "Finds the id of a user by name and zip code: where the email address is not known, or nobody has it.",
  parameters: { first_name: text("Such as John"), last_name: text("Such as Doe"), zip: text("Such as 12345") },
  writes: false,
  run({ users }, { first_name, last_name, zip }: Wanted) {
    const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
    const user = Object.entries(users).find(
      ([, { name, address }]) =>
        same(name.first_name, first_name) && same(name.last_name, last_name) && address.zip === zip,
    );
    if (!user) throw new ToolFailure("User not found");
    return user[0];
  },
};
