/** Java archives by hash: Maven downloads what a project of nothing but dependencies needs; no plugin of the project runs here. */

import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Packager, type PinnedPackage, runClient } from "./package.js";

interface Coordinates {
  groupId: string;
  artifactId: string;
  version: string;
}

/** Runs JUnit 3, 4 and 5. */
const LAUNCHER: Coordinates = {
  groupId: "org.junit.platform",
  artifactId: "junit-platform-console-standalone",
  version: "1.10.5",
};

const NAME = /^[A-Za-z0-9._-]+$/;

/** Dependencies with a version that a pom states, properties put in; those of plugins are none. */
export function dependenciesOf(pom: string): Coordinates[] {
  const plain = pom
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/<(build|reporting|profiles|dependencyManagement)>[\s\S]*?<\/\1>/g, "");
  const properties = /<properties>([\s\S]*?)<\/properties>/.exec(plain)?.[1] ?? "";
  const values = new Map(
    [...properties.matchAll(/<([\w.-]+)>([^<]*)<\/\1>/g)].map(([, name, value]) => [name!, value!.trim()]),
  );
  const filled = (text: string) => text.replace(/\$\{([\w.-]+)\}/g, (whole, name: string) => values.get(name) ?? whole);
  const blocks = [...plain.matchAll(/<dependency>([\s\S]*?)<\/dependency>/g)].map(([, block]) => block!);
  return blocks.flatMap((block) => {
    const field = (name: string) => filled(new RegExp(`<${name}>\\s*([^<]*?)\\s*</${name}>`).exec(block)?.[1] ?? "");
    const found = { groupId: field("groupId"), artifactId: field("artifactId"), version: field("version") };
    return Object.values(found).every((value) => NAME.test(value)) ? [found] : [];
  });
}

const element = ({ groupId, artifactId, version }: Coordinates) =>
  `<dependency><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version></dependency>`;

/** @throws Drop `packages-missing`, `toolchain-missing` without Maven */
export function mavenJars(packager: Packager, pom: string): Promise<PinnedPackage[]> {
  const dependencies = [
    ...dependenciesOf(pom).filter(({ artifactId }) => !artifactId.startsWith("junit-platform")),
    LAUNCHER,
  ];
  return packager.resolve({ client: "maven", dependencies }, async (folder) => {
    const head =
      "<modelVersion>4.0.0</modelVersion><groupId>local</groupId><artifactId>base</artifactId><version>0</version>";
    await writeFile(
      join(folder, "pom.xml"),
      `<project>${head}<dependencies>${dependencies.map(element).join("")}</dependencies></project>`,
    );
    await runClient(
      "mvn",
      ["-q", "-B", "dependency:copy-dependencies", `-DoutputDirectory=${join(folder, "jars")}`],
      folder,
    );
    const jars = (await readdir(join(folder, "jars"))).filter((name) => name.endsWith(".jar")).sort();
    return Promise.all(
      jars.map(async (archive) => {
        const [, name = archive, version = ""] = /^(.*?)-(\d[^/]*)\.jar$/.exec(archive) ?? [];
        return {
          name,
          version,
          sha256: await packager.keep(await readFile(join(folder, "jars", archive))),
          archive,
          path: "",
        };
      }),
    );
  });
}
