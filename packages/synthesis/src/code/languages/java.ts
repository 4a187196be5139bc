/** Java: compiled by javac, each test class by JUnit's console launcher in a process of its own, with jars by hash. */

import { mavenJars } from "../packages/jars.js";
import { unpackScript } from "../packages/package.js";
import { FROZEN_ENV, type Language, type Suite } from "./language.js";

const CLASSES = "/app/classes";
const REPORTS = ".cachalot-reports";
/** Others than those that a candidate changes: a virtual machine each. */
const MAX_OTHERS = 12;

const compile = (from: string, to: string, path: string) =>
  `mkdir -p ${to} && find ${from} -name '*.java' ! -name module-info.java > /tmp/sources && javac -nowarn -proc:none -encoding UTF-8 -d ${to} -cp "${path}" @/tmp/sources`;

export const java: Language = {
  name: "java",
  image: "eclipse-temurin:17",
  programs: ["java", "javac"],
  aptPackages: ["openjdk-17-jdk-headless"],
  isTest: (path) => /(^|\/)src\/test\//.test(path),
  isSource: (path) => /(^|\/)src\/main\/.*\.(java|properties)$/.test(path),
  owns: (paths) =>
    (paths.includes("pom.xml") || paths.includes("build.gradle")) &&
    paths.some((path) => path.startsWith("src/main/java/")),
  async install(tree, packager) {
    const packages = await mavenJars(packager, await tree.read("pom.xml"));
    return { packages, script: unpackScript(packages) };
  },
  async plan(tree, changed) {
    const tests = tree.paths.filter((path) =>
      /^src\/test\/java\/.*(Test|Tests|IT)\.java$|^src\/test\/java\/(.*\/)?Test\w*\.java$/.test(path),
    );
    const mine = tests.filter((path) => changed.includes(path));
    const others = tests.filter((path) => !changed.includes(path)).slice(0, MAX_OTHERS);
    const path = `/app/deps/*:${CLASSES}/main:${CLASSES}/test:src/main/resources:src/test/resources`;
    const suites = [...mine, ...others].map((file): Suite => {
      const name = file
        .replace(/^src\/test\/java\//, "")
        .replace(/\.java$/, "")
        .replaceAll("/", ".");
      const launch = [
        "org.junit.platform.console.ConsoleLauncher",
        "--select-class",
        name,
        "--reports-dir",
        REPORTS,
        "--details",
        "none",
      ];
      return {
        name: file,
        command: ["java", "-Xmx512m", "-cp", path, ...launch],
        reporter: "junit",
        report: `${REPORTS}/TEST-*.xml`,
        timeoutSec: 120,
      };
    });
    const build = [
      `rm -rf ${CLASSES}`,
      compile("src/main/java", `${CLASSES}/main`, "/app/deps/*"),
      compile("src/test/java", `${CLASSES}/test`, `/app/deps/*:${CLASSES}/main`),
    ];
    return { env: { ...FROZEN_ENV, JAVA_TOOL_OPTIONS: "-Duser.timezone=UTC" }, build, buildTimeoutSec: 300, suites };
  },
};
