/** Rust crates by hash: `cargo vendor` of a manifest with nothing but dependencies; no build script runs here. */

import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "smol-toml";
import { Drop } from "../drop.js";
import { type Packager, type PinnedPackage, runClient, tarOf } from "./package.js";

type Table = Record<string, unknown>;

const TABLES = ["dependencies", "dev-dependencies", "build-dependencies"] as const;

/** Versions and features alone: no path, no repository, no other registry. */
function dependenciesOf(manifest: Table): Table {
  const of = (name: string): Table => {
    const table = (manifest[name] ?? {}) as Table;
    return Object.fromEntries(
      Object.entries(table).map(([crate, value]) => {
        if (typeof value === "string") return [crate, value];
        const { version, features, optional, package: renamed, "default-features": defaults } = value as Table;
        if (typeof version !== "string")
          throw new Drop("packages-missing", `the crate ${crate} comes from no registry`);
        const fields = {
          version,
          features,
          optional: name === "dependencies" ? optional : undefined,
          package: renamed,
          "default-features": defaults,
        };
        return [crate, Object.fromEntries(Object.entries(fields).filter(([, field]) => field !== undefined))];
      }),
    );
  };
  return Object.fromEntries(TABLES.map((name) => [name, of(name)]));
}

/** @throws Drop `packages-missing`, also for a manifest of a workspace alone */
export async function vendoredCrates(packager: Packager, cargoToml: string): Promise<PinnedPackage[]> {
  let manifest: Table;
  try {
    manifest = parse(cargoToml) as Table;
  } catch {
    throw new Drop("unreadable", "Cargo.toml is no TOML");
  }
  if (manifest.package === undefined)
    throw new Drop("packages-missing", "Cargo.toml is of a workspace, not of a crate");
  const dependencies = dependenciesOf(manifest);
  if (Object.values(dependencies).every((table) => Object.keys(table as Table).length === 0)) return [];
  const { edition = "2015", name = "base", version = "0.0.0" } = manifest.package as Table;
  return packager.resolve({ client: "cargo", dependencies, name, version }, async (folder) => {
    await mkdir(join(folder, "src"));
    await writeFile(join(folder, "src/lib.rs"), "");
    await writeFile(
      join(folder, "Cargo.toml"),
      stringify({
        package: { name, version, edition },
        ...(manifest.features ? { features: manifest.features } : {}),
        ...dependencies,
      }),
    );
    await runClient("cargo", ["vendor", "--quiet", "vendor"], folder);
    await copyFile(join(folder, "Cargo.lock"), join(folder, "vendor/Cargo.lock"));
    const sha256 = await packager.keep(await tarOf(folder, "vendor"));
    return [
      { name: "crates", version: "vendored", sha256, archive: `crates-${sha256.slice(0, 8)}.tgz`, path: "vendor" },
    ];
  });
}
