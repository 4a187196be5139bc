import { text } from "../../../tools/json-schema.js";
import { type DomainTool, ToolFailure } from "../../domain.js";
import { anyLineOf, billOf, customerOf, deviceOf, planOf, type Telecom } from "../database.js";

const OF: Readonly<Record<string, (db: Telecom, id: string) => unknown>> = {
  ...{ L: anyLineOf, D: deviceOf, B: billOf, C: customerOf, P: planOf },
};

export const getDetailsById: DomainTool<Telecom> = {
  name: "get_details_by_id",
  description: "A customer, line, device, bill or plan, by its id.",
  parameters: { id: text("It begins with C, L, D, B or P") },
  writes: false,
  run(db, { id }: { id: string }) {
    const kind = id.slice(0, 1);
    const find = Object.hasOwn(OF, kind) ? OF[kind] : undefined;
    if (!find) throw new ToolFailure("the id is of no kind that is known");
    return find(db, id);
  },
};
