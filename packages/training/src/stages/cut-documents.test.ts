import { expect, test } from "vitest";
import type { Dataset } from "../data/index.js";
import { tellOfCutDocuments } from "./cut-documents.js";

/** What is said of so many cut documents in a hundred. */
function said(cut: number): string[] {
  const notes: string[] = [];
  const dataset = { cut: () => ({ cut, documents: 100, longest: 1103 }) } as Partial<Dataset> as Dataset;
  tellOfCutDocuments(dataset, "coding", 512, (text) => notes.push(text));
  return notes;
}

test("a run says how many documents its rows cut, and how long the longest is", () => {
  expect(said(2)).toEqual([]);
  expect(said(78)).toEqual([
    '78 % of the documents of "coding" are longer than a row of 512 tokens and lose their end; make seq larger (the longest has 1103)',
  ]);
});
