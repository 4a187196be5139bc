import fc from "fast-check";
import { expect, test } from "vitest";
import {
  ALLOW,
  AND,
  assemble,
  fail,
  IF_ANY_BIT,
  IF_EQUAL,
  IF_GREATER,
  type Instruction,
  KILL_PROCESS,
  LOAD,
  RETURN,
} from "./bpf.js";
import { type Architecture, seccompFilter, seccompProgram } from "./filter.js";
import { NEWEST, syscalls } from "./syscalls.js";

const AUDIT = { x64: 0xc000003e, arm64: 0xc00000b7, i386: 0x40000003 };
const [EPERM, ENOSYS, EAFNOSUPPORT] = [fail(1), fail(38), fail(97)];

/** The kernel's interpreter, for the instructions a filter here uses. */
function run(program: readonly Instruction[], nr: number, arch: number, args: readonly number[] = []): number {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(nr >>> 0, 0);
  data.writeUInt32LE(arch, 4);
  for (const [i, value] of args.entries()) data.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)), 16 + 8 * i);
  let accumulator = 0;
  for (let at = 0; ; at++) {
    const { code, jt, jf, k } = program[at]!;
    const holds: Record<number, () => boolean> = {
      [IF_EQUAL]: () => accumulator === k >>> 0,
      [IF_GREATER]: () => accumulator > k >>> 0,
      [IF_ANY_BIT]: () => (accumulator & k) !== 0,
    };
    if (code === RETURN) return k;
    if (code === LOAD) accumulator = data.readUInt32LE(k);
    else if (code === AND) accumulator = (accumulator & k) >>> 0;
    else at += holds[code]!() ? jt : jf;
  }
}

const machines: [Architecture, number][] = [
  ["x64", 0],
  ["arm64", 1],
];

test.each(machines)(
  "%s: listed calls fail, the rest of the known ones pass, unknown ones do not exist",
  (arch, column) => {
    const program = seccompProgram(arch);
    const listed = new Map<number | undefined, string>(
      Object.entries(syscalls).map(([name, numbers]) => [numbers[column], name]),
    );
    const inspected = new Set(["clone", "ioctl", "personality", "socket", "socketpair", "mknod", "mknodat"]);
    for (let nr = 0; nr <= NEWEST; nr++) {
      const name = listed.get(nr);
      const result = run(program, nr, AUDIT[arch], [1]);
      if (name === undefined) expect(result, `${nr}`).toBe(ALLOW);
      else if (!inspected.has(name)) expect([EPERM, ENOSYS], name).toContain(result);
    }
    fc.assert(
      fc.property(fc.integer({ min: NEWEST + 1, max: 0x3fffffff }), (nr) => run(program, nr, AUDIT[arch]) === ENOSYS),
      { seed: 1 },
    );
  },
);

test.each(machines)("%s: calls are judged by their arguments where that matters", (arch, column) => {
  const program = seccompProgram(arch);
  const call = (name: keyof typeof syscalls, ...args: number[]) =>
    run(program, syscalls[name][column]!, AUDIT[arch], args);
  expect(call("clone", 0x11)).toBe(ALLOW);
  expect(call("clone", 0x003d0f00)).toBe(ALLOW);
  for (const flag of [0x80, 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000])
    expect(call("clone", flag | 0x11), flag.toString(16)).toBe(EPERM);
  expect(call("clone3")).toBe(ENOSYS);
  expect(call("ioctl", 0, 0x5401)).toBe(ALLOW);
  expect(call("ioctl", 0, 0x5412)).toBe(EPERM);
  expect(call("ioctl", 0, 0x1_0000_5412)).toBe(EPERM);
  expect(call("personality", 0xffffffff)).toBe(ALLOW);
  expect(call("personality", 0x0040000)).toBe(EPERM);
  for (const family of [1, 2, 10]) expect(call("socket", family)).toBe(ALLOW);
  for (const family of [0, 16, 17, 38, 40]) expect(call("socket", family)).toBe(EAFNOSUPPORT);
  expect(call("mknodat", 0, 0, 0o010644)).toBe(ALLOW);
  expect(call("mknodat", 0, 0, 0o020644)).toBe(EPERM);
  expect(call("mknodat", 0, 0, 0o060644)).toBe(EPERM);
});

test("calls by another architecture, or by x32 numbers, kill the program", () => {
  const program = seccompProgram("x64");
  expect(run(program, 1, AUDIT.i386)).toBe(KILL_PROCESS);
  expect(run(program, 1, AUDIT.arm64)).toBe(KILL_PROCESS);
  fc.assert(
    fc.property(fc.integer({ min: 0x40000000, max: 0xffffffff }), (nr) => run(program, nr, AUDIT.x64) === KILL_PROCESS),
    { seed: 1 },
  );
});

test("the bytes are the kernel's struct sock_filter, fewer than it takes", () => {
  expect(assemble([{ code: 0x15, jt: 1, jf: 2, k: 0xc000003e }])).toEqual(Buffer.from("150001023e0000c0", "hex"));
  expect(seccompFilter("arm64").length / 8).toBeLessThan(4096);
  expect(() => seccompFilter("riscv64")).toThrow("No system call filter for riscv64");
  expect(() => assemble([{ code: 0x15, jt: 256, jf: 0, k: 0 }])).toThrow("jumps further");
});
