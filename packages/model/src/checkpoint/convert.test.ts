import fc from "fast-check";
import { expect, test } from "vitest";
import { bfloat16ToFloat32, float8ToFloat32, float16ToFloat32, float32ToBfloat16 } from "./convert.js";

const float32 = fc.float({ noDefaultInfinity: false });

test("every bfloat16 value survives widening and rounding", () => {
  const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const wide = bfloat16ToFloat32(all);
  const back = float32ToBfloat16(wide);
  for (let i = 0; i < 65536; i++)
    if (Number.isNaN(wide[i])) expect(Number.isNaN(bfloat16ToFloat32(back.subarray(i, i + 1))[0])).toBe(true);
    else if (back[i] !== i) throw new Error(`${i} became ${back[i]}`);
});

test("rounding to bfloat16 takes the nearest value, the even one of two", () => {
  fc.assert(
    fc.property(float32, (value) => {
      const [bits] = float32ToBfloat16(Float32Array.of(value)) as unknown as [number];
      const [rounded] = bfloat16ToFloat32(Uint16Array.of(bits)) as unknown as [number];
      if (!Number.isFinite(rounded))
        return Object.is(rounded, value) || Math.abs(value) > 3.38e38 || Number.isNaN(value);
      for (const neighbour of [bits - 1, bits + 1]) {
        const [other] = bfloat16ToFloat32(Uint16Array.of(neighbour)) as unknown as [number];
        const farther = Math.abs(other - value) - Math.abs(rounded - value);
        if (Number.isFinite(other) && (farther < 0 || (farther === 0 && bits % 2 === 1))) return false;
      }
      return true;
    }),
    { numRuns: 2000 },
  );
});

test("rounds ties, carries, infinities and NaN", () => {
  const bits = Uint32Array.of(0x3f808000, 0x3f818000, 0x3fffffff, 0x7f7fffff, 0x7f800000, 0xff800000, 0x7f800001);
  expect([...float32ToBfloat16(new Float32Array(bits.buffer))]).toEqual([
    0x3f80, 0x3f82, 0x4000, 0x7f80, 0x7f80, 0xff80, 0x7fc0,
  ]);
});

test("a view into a larger buffer is rounded from its own start", () => {
  expect([...float32ToBfloat16(Float32Array.of(1, 2, 3).subarray(1, 2))]).toEqual([0x4000]);
});

test("F8_E4M3: known values", () => {
  const known: [number, number][] = [
    [0x00, 0],
    [0x01, 2 ** -9],
    [0x07, 7 * 2 ** -9],
    [0x08, 2 ** -6],
    [0x38, 1],
    [0x3c, 1.5],
    [0x7e, 448],
    [0xfe, -448],
    [0xb8, -1],
  ];
  for (const [bits, value] of known) expect(float8ToFloat32(Uint8Array.of(bits))[0]).toBe(value);
  expect(Object.is(float8ToFloat32(Uint8Array.of(0x80))[0], -0)).toBe(true);
  for (const bits of [0x7f, 0xff]) expect(float8ToFloat32(Uint8Array.of(bits))[0]).toBeNaN();
});

test("F16: known values", () => {
  const known: [number, number][] = [
    [0x0000, 0],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
  ];
  for (const [bits, value] of known) expect(float16ToFloat32(Uint16Array.of(bits))[0]).toBe(value);
  expect(float16ToFloat32(Uint16Array.of(0x7c01))[0]).toBeNaN();
});
