import * as z from "zod";
import { documentMaterial } from "../rows/document-material.js";
import { findFiles } from "../rows/find-files.js";
import { parquetRows } from "../rows/parquet-rows.js";
import { rowsToDocuments } from "../rows/rows-to-documents.js";
import { definePart } from "./data-part.js";
import { rowFields } from "./part-fields.js";

/** Parquet files, with the rows of JSONL files: text, prompt and completion, or messages. */
export const parquetPart = definePart({
  kind: "parquet",
  schema: z.strictObject({ ...rowFields, kind: z.literal("parquet") }),
  files: ({ files }, { dir }) => findFiles(files, dir),
  async load({ files, columns }, context) {
    const read = (bytes: Buffer, path: string) => parquetRows(bytes, path, columns);
    const { documents, origins } = await rowsToDocuments(await findFiles(files, context.dir), read, columns);
    return documentMaterial(documents, origins, context);
  },
});
