import { type Attempt, varies } from "./attempt.js";

const connect = (family: string, type: string, address: string) => `
s = socket.socket(socket.${family}, socket.${type})
s.settimeout(2)
def go():
    s.connect(${address})
    s.sendall(b"hello")
    return s.recv(16)
attempt(go)`;

const family = (name: string, number: number, type: number, control: Attempt["control"], protocol = 0): Attempt => ({
  name: `a ${name} socket`,
  python: `attempt(lambda: call("socket", ${number}, ${type}, ${protocol}))`,
  control,
});

export const network: Attempt[] = [
  {
    name: "TCP to a listener of this machine",
    python: connect("AF_INET", "SOCK_STREAM", '("127.0.0.1", $TCP_PORT)'),
    control: "anyone",
  },
  {
    name: "UDP to a listener of this machine",
    python: connect("AF_INET", "SOCK_DGRAM", '("127.0.0.1", $UDP_PORT)'),
    control: "anyone",
  },
  {
    name: "an abstract unix socket of this machine",
    // some versions of Node bind the name alone, some fill it up with zeros
    python: `
def go():
    for address in ("\\0$ABSTRACT", "\\0$ABSTRACT".ljust(108, "\\0")):
        s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        if s.connect_ex(address) == 0: return s.recv(16)
    raise OSError("nobody listens")
attempt(go)`,
    control: "anyone",
  },
  {
    name: "a unix socket file of this machine",
    python: connect("AF_UNIX", "SOCK_STREAM", '"$SOCKET_FILE"'),
    control: "anyone",
  },
  {
    name: "TCP by bash",
    bash: "exec 3<>/dev/tcp/127.0.0.1/$TCP_PORT && echo ESCAPED || echo BLOCKED",
    control: "anyone",
  },
  {
    name: "TCP to an IPv4-mapped address",
    python: connect("AF_INET6", "SOCK_STREAM", '("::ffff:127.0.0.1", $TCP_PORT)'),
    control: "anyone",
  },
  {
    name: "another interface than lo",
    python: `
names = [line.split(":")[0].strip() for line in open("/proc/net/dev").readlines()[2:]]
say(names != ["lo"], names)`,
    control: { not: "a machine may have no other interface" },
  },
  {
    name: "a route to anywhere",
    python: `
routes = open("/proc/net/route").readlines()[1:]
say(routes != [], routes)`,
    control: { not: "a machine may have no route" },
  },
  family("vsock (a virtual machine's way to its host)", 40, 1, varies),
  family("netlink", 16, 3, "anyone"),
  family("packet", 17, 3, "root"),
  family("raw IP", 2, 3, "root", 1),
  family("kernel crypto (AF_ALG)", 38, 5, varies),
  family("bluetooth", 31, 3, varies),
];
