import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Debian keeps a version's programs out of the PATH. */
function binaries(): string | undefined {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root) : [];
  return versions.map((version) => join(root, version, "bin")).find((dir) => existsSync(join(dir, "initdb")));
}

const required = process.env.CACHALOT_REQUIRE?.split(",").includes("postgres") === true;

/** Why there is no PostgreSQL to test with; undefined when there is, or when CACHALOT_REQUIRE demands one. */
export const postgresMissing =
  binaries() === undefined && !required ? "no PostgreSQL is installed (apt-get install postgresql)" : undefined;

export interface TestPostgres {
  url: string;
  /** Runs SQL in the database of runs. */
  run(sql: string): void;
  /** The first column of what SQL finds there. */
  query(sql: string): string[];
  stop(): Promise<void>;
}

/** A PostgreSQL of our own in a temporary directory, on a Unix socket only. Root hands it to another user, as it insists. */
export async function startPostgres(): Promise<TestPostgres> {
  const bin = binaries();
  if (bin === undefined) throw new Error("no PostgreSQL is installed; apt-get install postgresql");
  const dir = mkdtempSync(join(tmpdir(), "cachalot-pg-"));
  const root = process.getuid?.() === 0;
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"]).toString());
  const user = root ? { uid: id("-u"), gid: id("-g") } : {};
  if (root) chownSync(dir, user.uid!, user.gid!);
  const data = join(dir, "data");
  const options = { ...user, cwd: dir, env: { PATH: process.env.PATH, LC_ALL: "C" } };
  execFileSync(join(bin, "initdb"), ["-D", data, "-U", "cachalot", "-A", "trust", "-E", "UTF8"], {
    ...options,
    stdio: "ignore",
  });
  const settings = ["listen_addresses=", `unix_socket_directories=${dir}`, "fsync=off"];
  const server: ChildProcess = spawn(
    join(bin, "postgres"),
    ["-D", data, ...settings.flatMap((setting) => ["-c", setting])],
    { ...options, stdio: "ignore" },
  );
  const ended = new Promise<void>((resolve) => server.once("close", () => resolve()));
  for (let tries = 0; ; tries++) {
    try {
      execFileSync(join(bin, "pg_isready"), ["-h", dir, "-U", "cachalot"], { stdio: "ignore" });
      break;
    } catch (error) {
      if (tries > 200 || server.exitCode !== null) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  execFileSync(join(bin, "createdb"), ["-h", dir, "-U", "cachalot", "runs"]);
  const psql = (...args: string[]) =>
    execFileSync(join(bin, "psql"), ["-h", dir, "-U", "cachalot", "runs", ...args], {
      stdio: ["ignore", "pipe", "ignore"],
    });
  return {
    url: `postgresql://cachalot@localhost/runs?host=${encodeURIComponent(dir)}`,
    run: (sql) => void psql("-c", sql),
    query: (sql) => psql("-tAc", sql).toString().split("\n").filter(Boolean),
    async stop() {
      server.kill("SIGINT");
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
