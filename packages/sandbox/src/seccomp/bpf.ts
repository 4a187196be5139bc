/** Classic BPF as seccomp runs it (linux/filter.h, linux/seccomp.h): instructions, and the bytes the kernel loads. */

export interface Instruction {
  code: number;
  /** Instructions to skip when a comparison holds, and when it does not. */
  jt: number;
  jf: number;
  k: number;
}

/** Byte offsets in `struct seccomp_data`. */
export const NR = 0;
export const ARCH = 4;
/** The low half of argument `i`: what the kernel looks at where an argument is an int. Little-endian machines only. */
export const argument = (i: number): number => 16 + 8 * i;

export const LOAD = 0x20;
export const AND = 0x54;
export const IF_EQUAL = 0x15;
export const IF_GREATER = 0x25;
export const IF_ANY_BIT = 0x45;
export const RETURN = 0x06;

export const ALLOW = 0x7fff0000;
export const KILL_PROCESS = 0x80000000;
/** The call fails with this errno. */
export const fail = (errno: number): number => 0x00050000 | errno;

export const load = (offset: number): Instruction => ({ code: LOAD, jt: 0, jf: 0, k: offset });
export const mask = (bits: number): Instruction => ({ code: AND, jt: 0, jf: 0, k: bits });
export const give = (result: number): Instruction => ({ code: RETURN, jt: 0, jf: 0, k: result });

/** Runs `then` when the comparison of the accumulator with `k` holds, and skips it otherwise. */
export function when(code: number, k: number, then: readonly Instruction[]): Instruction[] {
  return [{ code, jt: 0, jf: then.length, k }, ...then];
}

/** Runs `then` unless the accumulator is one of `values`. */
export function unless(values: readonly number[], then: readonly Instruction[]): Instruction[] {
  const tests = values.map((k, i) => ({ code: IF_EQUAL, jt: values.length - 1 - i + then.length, jf: 0, k }));
  return [...tests, ...then];
}

/** `struct sock_filter`s, one after the other. */
export function assemble(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8);
  for (const [i, { code, jt, jf, k }] of program.entries()) {
    if (jt > 255 || jf > 255) throw new RangeError(`Instruction ${i} jumps further than 255; put a return nearer`);
    bytes.writeUInt16LE(code, 8 * i);
    bytes.writeUInt8(jt, 8 * i + 2);
    bytes.writeUInt8(jf, 8 * i + 3);
    bytes.writeUInt32LE(k >>> 0, 8 * i + 4);
  }
  return bytes;
}
