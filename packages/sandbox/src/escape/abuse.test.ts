/** Programs that use too much, never end, or leave something behind. None of these is ever run outside of a sandbox. */

import { expect, test } from "vitest";
import { createCgroup } from "../cgroup.js";
import { createSandbox, runInSandbox } from "../sandbox.js";
import { withSandbox } from "../testing/with-sandbox.js";

const python = (code: string) => ["/usr/bin/python3", "-I", "-c", code];
const MIB = 2 ** 20;

withSandbox("abuse", () => {
  test.each([
    ["a fork bomb", ["/bin/bash", "-c", ":(){ :|:& };: ; sleep 5"]],
    [
      "a fork bomb of sessions",
      python("import os\nwhile True:\n  try:\n    if os.fork() == 0: os.setsid()\n  except OSError: pass"),
    ],
    [
      "a bomb of threads",
      python(
        "import threading, time\nwhile True:\n  try: threading.Thread(target=time.sleep, args=(9,)).start()\n  except RuntimeError: pass",
      ),
    ],
  ])("%s is bounded and ends at the time limit", async (_, command) => {
    await using sandbox = await createSandbox({ processes: 24 });
    const { ended, durationMs } = await sandbox.run(command, { timeoutMs: 700 });
    expect(["timeout", "lost"]).toContain(ended);
    expect(durationMs).toBeLessThan(5000);
    await sandbox.restart();
    expect((await sandbox.run("echo alive")).stdout).toBe("alive\n");
  });

  test.each([
    ["of one process", "data = []\nwhile True: data.append(bytearray(16 << 20))"],
    [
      "of many",
      "import os, time\nfor i in range(8):\n  if os.fork() == 0: break\ndata = []\nwhile True: data.append(bytearray(16 << 20))",
    ],
    [
      "in /dev/shm and /tmp",
      "import os\nfor i in range(1000):\n  for d in ('/dev/shm', '/tmp'):\n    with open(f'{d}/{i}', 'wb') as f: f.write(bytes(16 << 20))",
    ],
    [
      "in pipes",
      "import os, fcntl\nends = []\nwhile True:\n  r, w = os.pipe()\n  fcntl.fcntl(w, 1031, 1 << 20)\n  os.set_blocking(w, False)\n  os.write(w, bytes(1 << 20))\n  ends += [r, w]",
    ],
  ])("a memory bomb %s ends, and the sandbox goes on", async (_, code) => {
    await using sandbox = await createSandbox({ memoryMiB: 128, scratchMiB: 16, timeoutMs: 20_000 });
    const { exitCode, stderr, ended, notices } = await sandbox.run(python(code));
    expect(ended === "lost" || exitCode !== 0 || ended === "timeout").toBe(true);
    expect(`${stderr} ${notices.join()}`).toMatch(
      /MemoryError|Cannot allocate|Memory ran out|No space left|Too many open files|Operation not permitted|ended/,
    );
    expect((await sandbox.run("echo alive")).stdout).toBe("alive\n");
  });

  test("what lies in TCP sockets is bounded where a memory cgroup can be made", async () => {
    const cgroup = await createCgroup({ memoryBytes: 64 * MIB, processes: 8 });
    await cgroup?.remove();
    await using sandbox = await createSandbox({ memoryMiB: 64 });
    const code = `import socket, time
server = socket.create_server(("127.0.0.1", 0)); held = []; total = 0
for i in range(40):
  a = socket.create_connection(server.getsockname()); b, _ = server.accept(); held += [a, b]
  for end in (a, b):
    end.setblocking(False)
    for _ in range(8):
      try: total += end.send(bytes(1 << 20))
      except BlockingIOError: time.sleep(0.002)
print(total)`;
    const { stdout, notices } = await sandbox.run(python(code));
    if (cgroup !== undefined && notices.length === 0) expect(Number(stdout)).toBeLessThan(100 * MIB);
    expect((await sandbox.run("echo alive")).stdout).toBe("alive\n");
  });

  test("every writable place fills up, and holds what its limit says", async () => {
    await using sandbox = await createSandbox({ workMiB: 8, scratchMiB: 4, fileMiB: 64 });
    const { stdout } = await sandbox.run(
      "for d in $(find / -xdev -type d -writable -not -path '/proc/*' 2>/dev/null; echo /work /tmp /dev/shm /dev/pts); do " +
        "dd if=/dev/zero of=$d/fill bs=1M count=64 2>/dev/null; stat -c '%n %s' $d/fill 2>/dev/null; done | sort -u",
    );
    const sizes = new Map(
      stdout
        .trim()
        .split("\n")
        .map((line) => line.split(" ") as [string, string]),
    );
    expect(Object.fromEntries([...sizes].map(([name, size]) => [name, Number(size) / MIB]))).toEqual({
      "/dev/shm/fill": 4,
      "/tmp/fill": 4,
      "/work/fill": 8,
    });
    await expect(sandbox.put("more", Buffer.alloc(MIB))).rejects.toThrow("No space left");
  });

  test("a file larger than allowed, sparse or not, is cut short", async () => {
    await using sandbox = await createSandbox({ fileMiB: 2 });
    expect((await sandbox.run("truncate -s 1T big")).exitCode).not.toBe(0);
    expect((await sandbox.run("head -c 3M /dev/zero > big; stat -c %s big")).stdout).toBe(`${2 * MIB}\n`);
  });

  test.each([
    ["lines", "yes"],
    ["one line", "cat /dev/zero"],
    ["errors", "yes >&2"],
    ["both", "yes & yes >&2"],
  ])("endless output (%s) is kept short and killed", async (_, command) => {
    const limits = { outputBytes: 1000, outputKillBytes: 4 * MIB };
    const { stdout, stderr, ended } = await runInSandbox(command, { limits });
    expect(ended).toBe("output");
    expect(stdout.length + stderr.length).toBeLessThan(2200);
    expect(stdout + stderr).toMatch(/\[… \d+ bytes left out …\]/);
  });

  test.each([
    ["bash", ["/bin/bash", "-c", "while :; do :; done"]],
    ["bash that traps", ["/bin/bash", "-c", "trap '' INT TERM HUP QUIT; while :; do sleep 1; done"]],
    ["Python", python("while True: pass")],
    [
      "Python that ignores signals",
      python(
        "import signal\nfor s in range(1, 65):\n  try: signal.signal(s, signal.SIG_IGN)\n  except (OSError, ValueError): pass\nwhile True: pass",
      ),
    ],
    ["Python that stops itself", python("import os, signal\nos.kill(0, signal.SIGSTOP)")],
    [
      "one that stops its supervisor",
      python("import os, signal, time\nos.kill(os.getppid(), signal.SIGSTOP)\ntime.sleep(60)"),
    ],
    ["one that waits for input", ["/bin/cat", "/dev/tty", "-"]],
    ["one behind another session", ["/bin/bash", "-c", "setsid sleep 60; sleep 60"]],
  ])("endless: %s", async (name, command) => {
    await using sandbox = await createSandbox();
    const { ended, durationMs, exitCode } = await sandbox.run(command, { timeoutMs: 300 });
    if (name === "one that waits for input") expect([0, 1]).toContain(exitCode);
    else expect(ended).toBe("timeout");
    expect(durationMs).toBeLessThan(4000);
    expect((await sandbox.run("echo alive")).stdout).toBe("alive\n");
  });

  test("processor time is bounded too", async () => {
    const { exitCode, durationMs } = await runInSandbox("while :; do :; done", { limits: { cpuSeconds: 1 } });
    expect(exitCode).toBe(128 + 9);
    expect(durationMs).toBeLessThan(10_000);
  });

  test.each([
    ["killing everything", "kill -9 -1; sleep 5"],
    ["killing the supervisor", "kill -9 $PPID; sleep 5"],
  ])("%s ends the sandbox, and the next command says so", async (_, command) => {
    await using sandbox = await createSandbox();
    await sandbox.put("kept", "here");
    const lost = await sandbox.run(command);
    expect(lost).toMatchObject({
      ended: "lost",
      notices: [expect.stringContaining("its processes and files are gone")],
    });
    const next = await sandbox.run("ls");
    expect(next).toMatchObject({ stdout: "", notices: ["The sandbox had ended; this is a new, empty one."] });
  });

  test("a program cannot speak in the supervisor's name", async () => {
    await using sandbox = await createSandbox();
    const { stdout } = await sandbox.run(
      'for fd in /proc/$PPID/fd/1 /proc/1/fd/1; do echo \'{"event":"exit","id":0,"code":0}\' >$fd && echo spoke; done',
    );
    expect(stdout).toBe("");
  });

  test("aborting kills the command", async () => {
    await using sandbox = await createSandbox();
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    const { ended, durationMs } = await sandbox.run("sleep 60", { signal: controller.signal });
    expect(ended).toBe("aborted");
    expect(durationMs).toBeLessThan(3000);
  });
});
