import type { Corpus } from "@cachalot/training";
import { fetchDebianPackage } from "./debian-package.js";

/** A corpus that comes in a Debian package. */
export function debianCorpus({
  package: name,
  documents,
  ...description
}: Omit<Corpus, "load"> & {
  package: string;
  /** Documents in file order. `root` is the unpacked package. */
  documents(root: string): Promise<string[]>;
}): Corpus {
  return {
    ...description,
    async load(cacheDir) {
      const { root, version, sha256, bytes } = await fetchDebianPackage(name, cacheDir);
      return { documents: await documents(root), origin: { package: name, version, sha256, bytes } };
    },
  };
}
