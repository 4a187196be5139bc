/** Roles of the search pipeline: agents with the corpus's own search tools. */

import { searchTools } from "@cachalot/agent";
import { type AgentRole, askAgent, type RoleContext } from "../../models/ask-agent.js";
import type { SearchDesk } from "../search-tools.js";

/** What roles need of the run they are part of. */
export interface ModelContext extends RoleContext {
  desk: SearchDesk;
}

export type Role<T> = Omit<AgentRole<T>, "tools">;

/** @throws Dropped `no-output` for a run that ends without an answer that fits */
export const runRole = <T>(context: ModelContext, role: Role<T>): Promise<T> =>
  askAgent(context, { ...role, tools: searchTools(context.desk.corpus) });

/** Whether a quote stands on a page as it is, whatever its spacing. */
export async function isQuoted(desk: SearchDesk, page: string, quote: string): Promise<boolean> {
  const opened = await desk.tools().open(page);
  const wanted = flat(quote);
  return opened !== undefined && wanted !== "" && flat(opened.text).includes(wanted);
}

const flat = (text: string): string => text.replace(/\s+/g, " ").trim();
