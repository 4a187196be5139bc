/** Number theory: sums, counts and orders that take a sieve or modular arithmetic. */

import { type Generator, given } from "../generator.js";

const powerSum: Generator = {
  name: "power-sum",
  family: "number theory",
  problem(draw, level) {
    const n = draw.integer(200, 900) * 10 ** level;
    const [e, m] = [draw.integer(3, 97), draw.integer(10_000, 999_999)];
    return {
      prompt: `Compute the sum of k^(k+${e}) over all integers k from 1 to ${n}, modulo ${m}. The answer is the remainder, from 0 to ${m - 1}.`,
      programs: [
        `${given({ n, e, m })}print(sum(pow(k, k + e, m) for k in range(1, n + 1)) % m)`,
        `${given({ n, e, m })}
def power(base, exponent):
    result = 1
    for bit in bin(exponent)[2:]:
        result = result * result % m
        if bit == "1":
            result = result * base % m
    return result
total = 0
for k in range(n, 0, -1):
    total = (total + power(k, k + e)) % m
print(total)`,
      ],
      compare: "exact",
      guesses: [n % m, ((n * (n + 1)) / 2) % m],
    };
  },
};

const primeValues: Generator = {
  name: "prime-values",
  family: "number theory",
  problem(draw, level) {
    const n = draw.integer(300, 900) * 3 ** level;
    const [a, b] = [draw.integer(1, 6), 2 * draw.integer(1, 40) + 1];
    return {
      prompt: `For how many integers n from 1 to ${n} is ${a}*n^2 + ${b}*n + 1 a prime number? The answer is that count.`,
      programs: [
        `${given({ n, a, b })}
def prime(v):
    for p in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37):
        if v % p == 0:
            return v == p
    d, s = v - 1, 0
    while d % 2 == 0:
        d, s = d // 2, s + 1
    for witness in (2, 3, 5, 7, 11, 13, 17):
        x = pow(witness, d, v)
        if x in (1, v - 1):
            continue
        for _ in range(s - 1):
            x = x * x % v
            if x == v - 1:
                break
        else:
            return False
    return True
print(sum(prime(a * k * k + b * k + 1) for k in range(1, n + 1)))`,
        `${given({ n, a, b })}
from math import isqrt
limit = isqrt(a * n * n + b * n + 1) + 1
sieve = bytearray([1]) * (limit + 1)
primes = []
for p in range(2, limit + 1):
    if sieve[p]:
        primes.append(p)
        for multiple in range(p * p, limit + 1, p):
            sieve[multiple] = 0
count = 0
for k in range(1, n + 1):
    v = a * k * k + b * k + 1
    for p in primes:
        if p * p > v:
            count += 1
            break
        if v % p == 0:
            break
    else:
        count += 1
print(count)`,
      ],
      compare: "exact",
      guesses: [Math.round((2 * n) / Math.log(a * n * n)), Math.round(n / Math.log(a * n * n)), Math.round(n / 3)],
    };
  },
};

const coprimePairs: Generator = {
  name: "coprime-pairs",
  family: "number theory",
  problem(draw, level) {
    const n = draw.integer(500, 3000) * 4 ** level;
    const r = draw.integer(1, 9);
    return {
      prompt: `How many pairs (a, b) of integers with 1 <= a < b <= ${n} have gcd(a, b) = ${r}? The answer is that count.`,
      programs: [
        `${given({ n, r })}
m = n // r
phi = list(range(m + 1))
for p in range(2, m + 1):
    if phi[p] == p:
        for multiple in range(p, m + 1, p):
            phi[multiple] -= phi[multiple] // p
print(sum(phi[2:]))`,
        `${given({ n, r })}
m = n // r
exactly = [0] * (m + 1)
for d in range(m, 0, -1):
    multiples = m // d
    exactly[d] = multiples * (multiples - 1) // 2 - sum(exactly[k] for k in range(2 * d, m + 1, d))
print(exactly[1])`,
      ],
      compare: "exact",
      guesses: [Math.round((3 * n * n) / (Math.PI ** 2 * r * r)), (n * (n - 1)) / 2],
    };
  },
};

const divisorSum: Generator = {
  name: "divisor-sum",
  family: "number theory",
  problem(draw, level) {
    const n = draw.integer(2000, 9000) * 2 ** level;
    const [d, r] = [draw.integer(3, 9), draw.integer(1, 2)];
    return {
      prompt: `Let s(k) be the sum of the divisors of k that leave remainder ${r} when divided by ${d}. Compute s(1) + s(2) + ... + s(${n}).`,
      programs: [
        `${given({ n, d, r })}print(sum(k * (n // k) for k in range(r, n + 1, d)))`,
        `${given({ n, d, r })}
total = 0
for k in range(1, n + 1):
    j = 1
    while j * j <= k:
        if k % j == 0:
            for divisor in {j, k // j}:
                if divisor % d == r:
                    total += divisor
        j += 1
print(total)`,
      ],
      compare: "exact",
      guesses: [Math.round((Math.PI ** 2 / 12) * (n * n)) / d, n * n],
    };
  },
};

const order: Generator = {
  name: "multiplicative-order",
  family: "number theory",
  problem(draw, level) {
    const m = 2 * draw.integer(5000, 40_000) * 3 ** level + 1;
    return {
      prompt: `Sum the multiplicative orders modulo ${m} of those integers from 2 to 40 that have no common factor with ${m}.`,
      programs: [
        `${given({ m })}
from math import gcd
total = 0
for a in range(2, 41):
    if gcd(a, m) == 1:
        power, k = a % m, 1
        while power != 1:
            power, k = power * a % m, k + 1
        total += k
print(total)`,
        `${given({ m })}
from math import gcd
def factors(v):
    found, p = {}, 2
    while p * p <= v:
        while v % p == 0:
            found[p], v = found.get(p, 0) + 1, v // p
        p += 1
    if v > 1:
        found[v] = found.get(v, 0) + 1
    return found
phi = m
for p in factors(m):
    phi -= phi // p
total = 0
for a in range(2, 41):
    if gcd(a, m) != 1:
        continue
    k = phi
    for p in factors(phi):
        while k % p == 0 and pow(a, k // p, m) == 1:
            k //= p
    total += k
print(total)`,
      ],
      compare: "exact",
      guesses: [39 * (m - 1), m - 1],
    };
  },
};

export const numberTheory: readonly Generator[] = [powerSum, primeValues, coprimePairs, divisorSum, order];
