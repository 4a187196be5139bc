/** Rust: the library's tests and each file of tests/ by cargo in a process of its own, with vendored crates. */

import { vendoredCrates } from "../packages/crates.js";
import { unpackScript } from "../packages/package.js";
import { FROZEN_ENV, type Language, type Suite } from "./language.js";

const ENV = {
  CARGO_HOME: "/app/cargo",
  CARGO_TARGET_DIR: "/app/target",
  CARGO_NET_OFFLINE: "true",
  CARGO_INCREMENTAL: "0",
  RUSTFLAGS: "-C debuginfo=0",
};
const TEST = ["cargo", "test", "--offline", "--quiet"];

/** Vendored crates in place of the registry, and the versions they were chosen in. */
const CONFIG = `mkdir -p cargo
[ ! -d vendor ] || printf '[source.crates-io]\\nreplace-with = "vendored"\\n[source.vendored]\\ndirectory = "/app/vendor"\\n' > cargo/config.toml
`;

/** Cargo goes by times: a file that is put back as it was is older than what was built of its other version. */
const TOUCH = "find . -name '*.rs' -exec touch {} +";

export const rust: Language = {
  name: "rust",
  image: "rust:1-bookworm",
  programs: ["cargo", "rustc", "cc"],
  aptPackages: ["cargo", "gcc"],
  isTest: (path) => /(^|\/)tests\//.test(path),
  isSource: (path) => path.endsWith(".rs") && !/(^|\/)(benches|examples|fuzz|target)\//.test(path),
  owns: (paths) => paths.includes("Cargo.toml"),
  async install(tree, packager) {
    const packages = await vendoredCrates(packager, await tree.read("Cargo.toml"));
    return { packages, script: `${unpackScript(packages)}${CONFIG}` };
  },
  warm: "{ [ -f Cargo.lock ] || [ ! -f /app/vendor/Cargo.lock ] || cp /app/vendor/Cargo.lock .; cargo test --offline --no-run --lib --tests; } >/dev/null 2>&1 || true; rm -f Cargo.lock.orig",
  async plan(tree) {
    const suites: Suite[] = [];
    const add = (name: string, target: string[]) =>
      suites.push({
        name,
        command: [...TEST, ...target, "--", "--format=pretty"],
        reporter: "libtest",
        timeoutSec: 240,
      });
    for (const path of tree.paths) {
      const name = /^tests\/(\w+)(?:\/main)?\.rs$/.exec(path)?.[1];
      if (name) add(path, ["--test", name]);
    }
    if (tree.paths.includes("src/lib.rs")) add("src/lib.rs", ["--lib"]);
    const lock = "[ -f Cargo.lock ] || [ ! -f /app/vendor/Cargo.lock ] || cp /app/vendor/Cargo.lock .";
    return { env: { ...FROZEN_ENV, ...ENV }, build: [lock, TOUCH], buildTimeoutSec: 300, suites };
  },
};
