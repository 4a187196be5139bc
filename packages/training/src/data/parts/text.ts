import * as z from "zod";
import { documentMaterial } from "../rows/document-material.js";
import { findFiles } from "../rows/find-files.js";
import { textFileDocuments } from "../rows/text-files.js";
import { definePart } from "./data-part.js";
import { fileFields } from "./part-fields.js";

/** Text files: all of them is learnt. */
export const textPart = definePart({
  kind: "text",
  schema: z.strictObject({
    ...fileFields,
    kind: z.literal("text"),
    /** What stands between two documents of a file, such as "<|endoftext|>". Default: long files are cut at blank lines. */
    separator: z.string().min(1).optional(),
  }),
  files: ({ files }, { dir }) => findFiles(files, dir),
  async load({ files, separator }, context) {
    const { documents, origins } = await textFileDocuments(await findFiles(files, context.dir), separator);
    return documentMaterial(documents, origins, context);
  },
});
