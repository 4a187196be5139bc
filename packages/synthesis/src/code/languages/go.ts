/** Go: each package by `go test -json`, the smallest unit that Go builds, with modules from a proxy of files. */

import { goModules } from "../packages/go-modules.js";
import { unpackScript } from "../packages/package.js";
import { FROZEN_ENV, type Language, type Suite } from "./language.js";

const CACHES = {
  GOCACHE: "/app/.cache/go",
  GOPATH: "/app/.go",
  GOTOOLCHAIN: "local",
  GOSUMDB: "off",
  GOFLAGS: "-mod=mod",
  CGO_ENABLED: "0",
};

export const go: Language = {
  name: "go",
  image: "golang:1.26-bookworm",
  programs: ["go"],
  aptPackages: ["golang-go"],
  isTest: (path) => /_test\.go$|(^|\/)testdata\//.test(path),
  isSource: (path) => path.endsWith(".go") && !/(^|\/)(vendor|examples?|_examples?|third_party)\//.test(path),
  owns: (paths) => paths.includes("go.mod"),
  async install(tree, packager) {
    const packages = await goModules(packager, await tree.read("go.mod"), await tree.read("go.sum"));
    return { packages, script: unpackScript(packages) };
  },
  warm: "go test -count=1 -vet=off -run '^$' ./... >/dev/null 2>&1 || true",
  async plan(tree, changed) {
    const folders = new Set(
      tree.paths
        .filter((path) => path.endsWith("_test.go") && !/(^|\/)(vendor|testdata|_[^/]*)\//.test(path))
        .map((path) => path.split("/").slice(0, -1).join("/")),
    );
    const lies = (path: string, folder: string) =>
      folder === "" ? !path.includes("/") : path.startsWith(`${folder}/`);
    const first = (folder: string) => Number(changed.some((path) => lies(path, folder)));
    const suites = [...folders]
      .sort((a, b) => first(b) - first(a))
      .map((folder): Suite => {
        const name = folder === "" ? "." : `./${folder}`;
        return {
          name,
          command: ["go", "test", "-json", "-count=1", "-vet=off", name],
          reporter: "go-json",
          timeoutSec: 300,
        };
      });
    return {
      env: { ...FROZEN_ENV, ...CACHES, GOPROXY: "file:///app/goproxy" },
      build: [],
      buildTimeoutSec: 300,
      suites,
    };
  },
};
