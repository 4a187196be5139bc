/** Who holds the phone, and in which country. */

import { flag, text } from "../../../tools/json-schema.js";
import { happens, type Part } from "./part.js";

export const whereabouts: Part = {
  tools: [],
  happenings: [
    happens(
      "set_user_info",
      ({ surroundings }, { name, phone_number }: { name: string; phone_number: string }) => {
        surroundings.name = name;
        surroundings.phone_number = phone_number;
      },
      { name: text("Their name"), phone_number: text("Their number") },
    ),
    happens(
      "set_user_location",
      ({ surroundings }, { abroad }: { abroad: boolean }) => {
        surroundings.is_abroad = abroad;
      },
      { abroad: flag("Whether that is abroad") },
    ),
  ],
};
