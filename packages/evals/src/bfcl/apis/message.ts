/** MessageAPI: a workspace whose users write to one another. */

import { type Api, failed, loaded } from "../api.js";
import { PythonRandom } from "../python-random.js";

interface Messages {
  generated_ids: number[];
  user_count: number;
  user_map: Record<string, string>;
  /** Each has its receiver as its only key. */
  inbox: Record<string, string>[];
  message_count: number;
  current_user: string | null;
  _random: PythonRandom;
}

const NEW: Omit<Messages, "_random"> = {
  generated_ids: [],
  user_count: 4,
  user_map: { Alice: "USR001", Bob: "USR002", Catherine: "USR003", Daniel: "USR004" },
  inbox: [
    { USR002: "My name is Alice. I want to connect." },
    { USR003: "Could you upload the file?" },
    { USR004: "Could you upload the file?" },
  ],
  message_count: 3,
  current_user: null,
};

const SEED = 200191;
const nobody = () => failed("No user is currently logged in.");
const has = ({ user_map }: Messages, id: string): boolean => Object.values(user_map).includes(id);

function newId({ generated_ids: ids, _random: random }: Messages): number {
  for (;;) {
    const id = random.randint(10_000, 99_999);
    if (ids.includes(id)) continue;
    ids.push(id);
    return id;
  }
}

export const messageApi: Api<Messages> = {
  name: "MessageAPI",
  document: "message_api.json",
  load: (scenario) => ({
    ...loaded(NEW, scenario),
    _random: new PythonRandom((scenario.random_seed as number | undefined) ?? SEED),
  }),
  functions: {
    list_users: ({ user_map }) => ({ user_list: Object.keys(user_map) }),
    get_user_id: ({ user_map }, { user }: { user: string }) =>
      Object.hasOwn(user_map, user)
        ? { user_id: user_map[user] }
        : failed(`User '${user}' not found in the workspace.`),
    message_login(state, { user_id }: { user_id: string }) {
      if (!has(state, user_id)) return { login_status: false, message: `User ID '${user_id}' not found.` };
      state.current_user = user_id;
      return { login_status: true, message: `User '${user_id}' logged in successfully.` };
    },
    message_get_login_status: ({ current_user }) => ({ login_status: Boolean(current_user) }),
    send_message(state, { receiver_id, message }: { receiver_id: string; message: string }) {
      if (!state.current_user) return nobody();
      if (!has(state, receiver_id)) return failed(`Receiver ID '${receiver_id}' not found.`);
      const message_id = { new_id: newId(state) };
      state.inbox.push({ [receiver_id]: message });
      state.message_count++;
      return { sent_status: true, message_id, message: `Message sent to '${receiver_id}' successfully.` };
    },
    delete_message(state, { receiver_id }: { receiver_id: string }) {
      if (!state.current_user) return nobody();
      const latest = state.inbox.findLast((message) => Object.keys(message)[0] === receiver_id);
      if (!latest) return failed(`Receiver ID ${receiver_id} not found.`);
      // The first one that is equal goes, as in the original.
      const at = state.inbox.findIndex((message) => message[receiver_id] === latest[receiver_id]);
      state.inbox.splice(at, 1);
      const message = `Receiver ${receiver_id}'s latest message deleted successfully.`;
      return { deleted_status: true, receiver_id, message };
    },
    view_messages_sent(state) {
      if (!state.current_user) return nobody();
      const messages: Record<string, string[]> = {};
      for (const [receiver, text] of state.inbox.flatMap((message) => Object.entries(message).slice(0, 1))) {
        messages[receiver] ??= [];
        messages[receiver].push(text);
      }
      return { messages };
    },
    add_contact(state, { user_name }: { user_name: string }) {
      if (Object.hasOwn(state.user_map, user_name)) return failed(`User name '${user_name}' already exists.`);
      const user_id = `USR${String(++state.user_count).padStart(3, "0")}`;
      if (has(state, user_id)) return failed(`User ID '${user_id}' already exists.`);
      state.user_map[user_name] = user_id;
      return { added_status: true, user_id, message: `Contact '${user_name}' added successfully.` };
    },
    search_messages(state, { keyword }: { keyword: string }) {
      if (!state.current_user) return nobody();
      const all = state.inbox.flatMap((message) => Object.entries(message).slice(0, 1));
      const hits = all.filter(([, text]) => text.toLowerCase().includes(keyword.toLowerCase()));
      return { results: hits.map(([receiver_id, message]) => ({ receiver_id, message })) };
    },
    get_message_stats(state) {
      if (!state.current_user) return nobody();
      const contacts = new Set(state.inbox.map((message) => Object.keys(message)[0]));
      return { stats: { received_count: state.inbox.length, total_contacts: contacts.size } };
    },
  },
};
