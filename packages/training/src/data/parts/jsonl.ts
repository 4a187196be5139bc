import * as z from "zod";
import { documentMaterial } from "../rows/document-material.js";
import { findFiles } from "../rows/find-files.js";
import { jsonLines } from "../rows/json-lines.js";
import { rowsToDocuments } from "../rows/rows-to-documents.js";
import { definePart } from "./data-part.js";
import { rowFields } from "./part-fields.js";

/** JSONL files: rows of text, of prompt and completion, or of messages. */
export const jsonlPart = definePart({
  kind: "jsonl",
  schema: z.strictObject({ ...rowFields, kind: z.literal("jsonl") }),
  files: ({ files }, { dir }) => findFiles(files, dir),
  async load({ files, columns }, context) {
    const { documents, origins } = await rowsToDocuments(await findFiles(files, context.dir), jsonLines, columns);
    return documentMaterial(documents, origins, context);
  },
});
