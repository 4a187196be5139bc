import { CliError } from "./errors.js";

/** @throws CliError `invalid_input` where no database is named that processes can share */
export function requireSharedDatabase(who: string): void {
  if (process.env.DATABASE_URL) return;
  throw new CliError(
    "invalid_input",
    `${who} need a database they share, and the embedded one serves a single process; set DATABASE_URL to a PostgreSQL`,
  );
}
