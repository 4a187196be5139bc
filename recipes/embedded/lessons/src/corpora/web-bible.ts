import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { debianCorpus } from "./debian-corpus.js";
import { normalizeText } from "./plain-text.js";

const MODULE = "usr/share/sword/modules/texts/ztext/engWEB2015eb";

/** The World English Bible, modern English; one document per chapter. */
export const webBible = debianCorpus({
  name: "web-bible",
  package: "sword-text-web",
  licence: "Public domain",
  source: "https://ebible.org/web/",
  async documents(root) {
    const chapters: string[] = [];
    for (const testament of ["ot", "nt"]) {
      const index = await readFile(join(root, MODULE, `${testament}.bzs`));
      const data = await readFile(join(root, MODULE, `${testament}.bzz`));
      for (const book of blocks(index, data))
        chapters.push(
          ...book
            .split(/<chapter [^>]*sID=/)
            .slice(1)
            .map(plainText),
        );
    }
    return chapters.filter((chapter) => chapter.length > 200);
  },
});

/** A SWORD zText index holds (offset, size, unpacked size) of one zlib block per book, as little-endian u32. */
function* blocks(index: Buffer, data: Buffer): Generator<string> {
  for (let at = 0; at + 12 <= index.length; at += 12) {
    const offset = index.readUInt32LE(at);
    const size = index.readUInt32LE(at + 4);
    if (size > 0) yield inflateSync(data.subarray(offset, offset + size)).toString("utf8");
  }
}

function plainText(osis: string): string {
  return normalizeText(
    osis
      .slice(osis.indexOf(">") + 1)
      .replace(/<chapter [^>]*eID=.*$/s, "")
      .replace(/\s+/g, " ")
      .replace(/<(note|title)\b[^>]*>.*?<\/\1>/g, " ")
      .replace(/<div eID[^>]*type="x-p"[^>]*>|<lg eID[^>]*>/g, "\n\n")
      .replace(/<l eID[^>]*>|<lb[^>]*>/g, "\n")
      .replace(/<[^>]*>/g, "")
      .replace(/&lt;/g, "<")
      .replace(/&gt;/g, ">")
      .replace(/&amp;/g, "&"),
  ).replace(/\n{2,}/g, "\n\n");
}
