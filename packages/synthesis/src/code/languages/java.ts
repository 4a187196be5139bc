/** Java: compiled by javac, each test class by JUnit's console launcher in a process of its own, with jars by hash. */

import { mavenJars } from "../packages/jars.js";
import { unpackScript } from "../packages/package.js";
import { PATH } from "../run/path.js";
import { FROZEN_ENV, type Language, type Suite } from "./language.js";

const CLASSES = "/app/classes";
const REPORTS = ".cachalot-reports";
/** Others than those that a candidate changes: a virtual machine each. */
const MAX_OTHERS = 12;

const compile = (from: string, to: string, path: string) =>
  `mkdir -p ${to} && find ${from} -name '*.java' ! -name module-info.java > /tmp/sources && javac -nowarn -proc:none -encoding UTF-8 -d ${to} -cp "${path}" @/tmp/sources`;

/**
 * Debian's JDK reads /etc, which the sandbox does not show: where its security settings cannot be read, `bin/java` and `bin/javac`
 * start it on a home of links with settings of its own.
 */
const CONFIGURED = `home=$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")
if [ ! -r "$home/conf/security/java.security" ]; then
  mkdir -p jdk/conf/security bin
  for entry in "$home"/*; do [ "$(basename "$entry")" = conf ] || ln -sf "$entry" jdk/; done
  printf 'security.provider.%s\n' 1=SUN 2=SunRsaSign 3=SunEC 4=SunJSSE 5=SunJCE > jdk/conf/security/java.security
  printf '%s\n' securerandom.source=file:/dev/random keystore.type=pkcs12 >> jdk/conf/security/java.security
  printf '#!/bin/sh\nexec %s -Djava.home=/app/jdk "$@"\n' "$home/bin/java" > bin/java
  printf '#!/bin/sh\nexec %s -J-Djava.home=/app/jdk "$@"\n' "$home/bin/javac" > bin/javac
  chmod +x bin/java bin/javac
fi
`;

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
    return { packages, script: `${unpackScript(packages)}${CONFIGURED}` };
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
    return {
      env: { ...FROZEN_ENV, PATH: `/app/bin:${PATH}`, JAVA_TOOL_OPTIONS: "-Duser.timezone=UTC" },
      build,
      buildTimeoutSec: 300,
      suites,
    };
  },
};
