/** C and C++ by CMake: built with their tests, run by CTest, each test program in a process of its own. */

import { FROZEN_ENV, inTestFolder, isGenerated, type Language } from "./language.js";

const BUILD = "/app/build";
const REPORT = ".cachalot-report.xml";
const CODE = /\.(c|cc|cpp|cxx|h|hh|hpp|hxx|inl|ipp)$/;
const CPP = /\.(cc|cpp|cxx|hh|hpp|hxx)$/;

/** Options of a project's CMakeLists that concern tests: on; fuzzers, benchmarks and the like: off. */
export function optionsOf(cmakeLists: string): string[] {
  const names = [...cmakeLists.matchAll(/(?:option|cmake_dependent_option)\s*\(\s*"?(\w+)/gi)].map(([, name]) => name!);
  return [...new Set(names)].flatMap((name) => {
    if (/fuzz|bench|example|docs?\b|doxygen|valgrind|sanitiz|werror|custom_compiler|coverage|locale/i.test(name))
      return [`-D${name}=OFF`];
    return /test|utils/i.test(name) ? [`-D${name}=ON`] : [];
  });
}

/** A language of projects that CMake builds. */
export function cmakeLanguage(name: "c" | "cpp"): Language {
  return {
    name,
    image: "gcc:12-bookworm",
    programs: ["cmake", "ctest", "make", name === "c" ? "gcc" : "g++"],
    aptPackages: ["cmake", "make", "g++"],
    isTest: (path) => inTestFolder(path) || /(^|\/)\w*tests?\.(c|cc|cpp|cxx)$/i.test(path),
    isSource: (path) => CODE.test(path) && !isGenerated(path),
    owns: (paths) =>
      paths.includes("CMakeLists.txt") &&
      (name === "cpp") === paths.some((path) => CPP.test(path) && !/(^|\/)(tests?|fuzz\w*)\//.test(path)),
    install: async () => ({ packages: [], script: "set -eu\n" }),
    async plan(tree) {
      const options = optionsOf(await tree.read("CMakeLists.txt")).join(" ");
      const build = [
        `rm -rf ${BUILD} && cmake -S . -B ${BUILD} -DCMAKE_BUILD_TYPE=Debug -DBUILD_TESTING=ON ${options}`,
        // One test that does not compile must not hide the others.
        `cmake --build ${BUILD} -- -k -j2`,
      ];
      const sizes = ["--test-output-size-passed", "1000000", "--test-output-size-failed", "1000000"];
      const command = [
        "ctest",
        "--test-dir",
        BUILD,
        "--timeout",
        "60",
        ...sizes,
        "--output-junit",
        `/app/repo/${REPORT}`,
      ];
      const tested = tree.paths.some((path) => this.isTest(path));
      const suites = tested
        ? [{ name: "ctest", command, reporter: "ctest" as const, report: REPORT, timeoutSec: 240 }]
        : [];
      return { env: { ...FROZEN_ENV, CFLAGS: "-w", CXXFLAGS: "-w" }, build, buildTimeoutSec: 300, suites };
    },
  };
}
