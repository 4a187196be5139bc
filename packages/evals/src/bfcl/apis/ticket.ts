/** TicketAPI: a queue of support tickets. */

import { type Api, failed, loaded } from "../api.js";

interface Ticket {
  id: number;
  title: string;
  description: string;
  status: string;
  priority: number;
  created_by: string;
  resolution?: string;
}

interface Tickets {
  ticket_queue: Ticket[];
  ticket_counter: number;
  current_user: string | null;
}

interface ById {
  ticket_id: number;
}

const EMPTY: Tickets = { ticket_queue: [], ticket_counter: 1, current_user: null };
const FIELDS = ["title", "description", "status", "priority"];

const found = ({ ticket_queue }: Tickets, id: number): Ticket | undefined => ticket_queue.find((one) => one.id === id);
const absent = (id: number) => failed(`Ticket with ID ${id} not found.`);

export const ticketApi: Api<Tickets> = {
  name: "TicketAPI",
  document: "ticket_api.json",
  load: (scenario) => loaded(EMPTY, scenario),
  functions: {
    create_ticket(
      state,
      { title, description = "", priority = 1 }: { title: string; description?: string; priority?: number },
    ) {
      if (!state.current_user) return failed("User not authenticated. Please log in to create a ticket.");
      if (priority < 1 || priority > 5) return failed("Invalid priority. Priority must be between 1 and 5.");
      const ticket: Ticket = {
        ...{ id: state.ticket_counter++, title, description },
        ...{ status: "Open", priority, created_by: state.current_user },
      };
      state.ticket_queue.push(ticket);
      return ticket;
    },
    get_ticket: (state, { ticket_id }: ById) => found(state, ticket_id) ?? absent(ticket_id),
    close_ticket(state, { ticket_id }: ById) {
      const ticket = found(state, ticket_id);
      if (!ticket) return absent(ticket_id);
      if (ticket.status === "Closed") return failed(`Ticket with ID ${ticket_id} is already closed.`);
      ticket.status = "Closed";
      return { status: `Ticket ${ticket_id} has been closed successfully.` };
    },
    resolve_ticket(state, { ticket_id, resolution }: ById & { resolution: string }) {
      const ticket = found(state, ticket_id);
      if (!ticket) return absent(ticket_id);
      if (ticket.status === "Resolved") return failed(`Ticket with ID ${ticket_id} is already resolved.`);
      ticket.status = "Resolved";
      ticket.resolution = resolution;
      return { status: `Ticket ${ticket_id} has been resolved successfully.` };
    },
    edit_ticket(state, { ticket_id, updates }: ById & { updates: Partial<Ticket> }) {
      const ticket = found(state, ticket_id);
      if (!ticket) return absent(ticket_id);
      const strange = Object.keys(updates).filter((key) => !FIELDS.includes(key));
      if (strange.length > 0) return failed(`Invalid fields for update: ${strange.join(", ")}`);
      Object.assign(ticket, Object.fromEntries(Object.entries(updates).filter(([, value]) => value !== null)));
      return { status: `Ticket ${ticket_id} has been updated successfully.` };
    },
    ticket_login(state, { username, password }: { username: string; password: string }) {
      if (!username || !password) return { success: false };
      state.current_user = username;
      return { success: true };
    },
    ticket_get_login_status: (state) => ({ login_status: Boolean(state.current_user) }),
    logout(state) {
      const success = Boolean(state.current_user);
      if (success) state.current_user = null;
      return { success };
    },
    get_user_tickets(state, { status }: { status?: string }) {
      if (!state.current_user) return [failed("User not authenticated. Please log in to view tickets.")];
      const own = state.ticket_queue.filter(({ created_by }) => created_by === state.current_user);
      return status ? own.filter((ticket) => ticket.status.toLowerCase() === status.toLowerCase()) : own;
    },
  },
};
