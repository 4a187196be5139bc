import { BLOCK_SIZE, createDevice } from "@cachalot/tensor";
import { expect, test } from "vitest";
import { tinyMtpConfig as config } from "../testing/tiny-mtp.js";
import { BlockPool, bytesPerToken } from "./block-pool.js";
import { KvCache } from "./kv-cache.js";

const device = () => createDevice("reference") as ReturnType<typeof createDevice> & { pool: { liveBuffers: number } };

for (const dtype of ["f32", "bf16"] as const) {
  test(`a limited pool of ${dtype} is reserved once: filling it allocates and copies nothing`, () => {
    const memory = device();
    const pool = new BlockPool(config, memory, { maxTokens: 64 * BLOCK_SIZE, dtype });
    const buffers = memory.pool.liveBuffers;
    const latents = pool.layers.map(({ latent }) => latent);
    expect(pool.usedBytes).toBe(0);
    expect(pool.limitBytes).toBe(64 * BLOCK_SIZE * bytesPerToken(config, dtype));
    const blocks = Array.from({ length: 64 }, () => pool.take());
    expect(pool.usedBytes).toBe(pool.limitBytes);
    expect(() => pool.take()).toThrow(expect.objectContaining({ code: "cache_full" }));
    for (const block of blocks) pool.release(block);
    for (let i = 0; i < 64; i++) pool.take();
    expect(pool.layers.map(({ latent }) => latent)).toEqual(latents);
    expect(memory.pool.liveBuffers).toBe(buffers);
    expect(pool.usedBytes).toBe(pool.limitBytes);
  });
}

test("memory that cannot be reserved is an error that says what to do", () => {
  const reserve = () => new BlockPool(config, device(), { maxTokens: 2 ** 45 });
  expect(reserve).toThrow(/MiB for caches cannot be reserved .*give the cache less memory/);
  expect(reserve).toThrow(expect.objectContaining({ code: "out_of_memory" }));
});

test("a block that another sequence shares is copied before it is written", () => {
  const pool = new BlockPool(config, device(), { maxTokens: 8 * BLOCK_SIZE });
  const first = new KvCache(pool, 1000);
  first.reserve(BLOCK_SIZE);
  first.commit(BLOCK_SIZE);
  const latent = pool.layers[0]!.latent;
  latent.data.fill(7);
  const second = new KvCache(pool, 1000, first.blocks);
  second.truncate(5);
  second.reserve(1);
  expect(second.blocks[0]).not.toBe(first.blocks[0]);
  expect(pool.usersOf(first.blocks[0]!)).toBe(1);
  latent.data.fill(9, second.slots(5, 6)[0]! * (latent.size / latent.shape[0]!));
  expect(latent.data[first.slots(5, 6)[0]! * (latent.size / latent.shape[0]!)]).toBe(7);
  expect(latent.data[second.slots(4, 5)[0]! * (latent.size / latent.shape[0]!)]).toBe(7);
});
