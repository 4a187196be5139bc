/** Licence of a project, as SPDX, from the words of its licence file. */

import type { ObjectStore, Tree } from "../trees/object-store.js";

const LICENCES: readonly [RegExp, string][] = [
  [/Apache License\s+Version 2\.0/, "Apache-2.0"],
  [/GNU AFFERO GENERAL PUBLIC LICENSE/i, "AGPL-3.0"],
  [/GNU LESSER GENERAL PUBLIC LICENSE/i, "LGPL"],
  [/GNU GENERAL PUBLIC LICENSE\s+Version 3/i, "GPL-3.0"],
  [/GNU GENERAL PUBLIC LICENSE/i, "GPL-2.0"],
  [/Mozilla Public License,? Version 2\.0|Mozilla Public License Version 2\.0/i, "MPL-2.0"],
  [/Permission is hereby granted, free of charge/, "MIT"],
  [/Permission to use, copy, modify, and(\/or)? distribute this software/, "ISC"],
  [/Neither the name of/, "BSD-3-Clause"],
  [/Redistribution and use in source and binary forms/, "BSD-2-Clause"],
  [/Public Domain/i, "public domain"],
  [/This is free and unencumbered software/, "Unlicense"],
];

export async function licenceOf(store: ObjectStore, tree: Tree): Promise<string> {
  const paths = [...tree.keys()].filter((path) => /^(LICEN[CS]E|COPYING)[^/]*$/i.test(path));
  const found = [];
  for (const path of paths) {
    const words = (await store.get(tree.get(path)!.id)).toString("utf8").replace(/\s+/g, " ");
    const licence = LICENCES.find(([pattern]) => pattern.test(words))?.[1];
    if (licence) found.push(licence);
  }
  return [...new Set(found)].join(" OR ") || "unknown";
}
