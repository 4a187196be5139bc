/** Go modules by hash: `go mod download` fills a folder that serves as a proxy of files; nothing of them runs here. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Packager, type PinnedPackage, runClient, tarOf } from "./package.js";

/** @param goMod text of go.mod. @throws Drop `packages-missing` */
export function goModules(packager: Packager, goMod: string, goSum: string): Promise<PinnedPackage[]> {
  if (!/^\s*require\b/m.test(goMod)) return Promise.resolve([]);
  return packager.resolve({ client: "go", goMod, goSum }, async (folder) => {
    const project = join(folder, "project");
    await mkdir(project);
    // A `replace` by a folder, or another toolchain, would lead out of this one.
    const text = goMod.replace(/^toolchain .*$/gm, "");
    await writeFile(join(project, "go.mod"), text);
    if (goSum !== "") await writeFile(join(project, "go.sum"), goSum);
    const cache = join(folder, "cache");
    const env = { GOMODCACHE: cache, GOFLAGS: "-mod=mod -modcacherw", GOTOOLCHAIN: "local", GOWORK: "off" };
    await runClient("go", ["mod", "download", "all"], project, env);
    const sha256 = await packager.keep(await tarOf(join(cache, "cache"), "download"));
    const listed = await runClient("go", ["list", "-m", "all"], project, env).catch(() => "");
    const count = listed.trim().split("\n").length - 1;
    return [
      {
        name: "go-modules",
        version: `${count}`,
        sha256,
        archive: `go-modules-${sha256.slice(0, 8)}.tgz`,
        path: "goproxy",
      },
    ];
  });
}
