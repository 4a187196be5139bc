/** What attempts aim at: listeners, a secret file and a process of this machine. */

import { createSocket } from "node:dgram";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface HostTargets {
  /** For the `$NAME`s of attempts. */
  readonly values: Readonly<Record<string, string>>;
  /** Connections and datagrams so far. */
  readonly reached: number;
  close(): Promise<void>;
}

export async function hostTargets(): Promise<HostTargets> {
  const folder = await mkdtemp(join(tmpdir(), "cachalot-escape-"));
  let reached = 0;
  const listener = async (where: { host: string; port: number } | { path: string }) => {
    const server = createServer((socket) => {
      reached++;
      socket.on("error", () => {});
      socket.end("welcome");
    });
    await new Promise<void>((resolve) => server.listen(where, resolve));
    return server;
  };
  const abstract = `cachalot-${process.pid}`;
  const servers = [
    await listener({ host: "127.0.0.1", port: 0 }),
    await listener({ path: `\0${abstract}` }),
    await listener({ path: join(folder, "socket") }),
  ];
  const udp = createSocket("udp4", (_, { port, address }) => {
    reached++;
    udp.send("welcome", port, address);
  });
  await new Promise<void>((resolve) => udp.bind(0, "127.0.0.1", resolve));
  const secret = join(folder, "secret.txt");
  await writeFile(secret, "secret", { mode: 0o644 });
  return {
    values: {
      TCP_PORT: `${(servers[0]!.address() as AddressInfo).port}`,
      UDP_PORT: `${udp.address().port}`,
      ABSTRACT: abstract,
      SOCKET_FILE: join(folder, "socket"),
      SECRET_FILE: secret,
      HOST_PID: `${process.pid}`,
    },
    get reached() {
      return reached;
    },
    async close() {
      for (const server of servers) server.close();
      udp.close();
      await rm(folder, { recursive: true });
    },
  };
}
