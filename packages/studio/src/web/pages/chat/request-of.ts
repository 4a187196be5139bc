import type { Conversation } from "../../../wire/conversation.js";
import { getJson } from "../../api.js";
import { loadServerTools, serverTools } from "./answers.js";
import { chatRequest } from "./chat-request.js";
import { pathTo } from "./tree.js";

/**
 * What a conversation's branch is as a chat request.
 * @throws RequestError
 */
export async function requestOf(id: string): Promise<object> {
  const [conversation] = await Promise.all([getJson<Conversation>(`conversations/${id}`), loadServerTools()]);
  return chatRequest(pathTo(conversation, conversation.current), conversation.settings, serverTools.value);
}
