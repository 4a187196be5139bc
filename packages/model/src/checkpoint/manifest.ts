/** The manifest of a checkpoint: its files with their sizes and SHA-256 checksums, for whoever downloads them. */

import * as z from "zod";

export const MANIFEST = "manifest.json";

export const manifestSchema = z.object({
  files: z
    .array(
      z.object({
        name: z.string().regex(/^[\w-][\w.-]*$/, "must be a file's name, without a folder"),
        bytes: z.number().int().min(0),
        /** Of the whole file, in hexadecimal. */
        sha256: z.string().regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits"),
      }),
    )
    .min(1),
});

export type CheckpointManifest = z.infer<typeof manifestSchema>;
