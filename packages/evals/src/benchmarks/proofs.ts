/** Proofs: IMO-ProofBench (Luong et al., EMNLP 2025, version 2), and any set of the user's: IMO, CMO, USAMO. */

import { proofs } from "../kinds/proofs.js";

export const imoProofbench = proofs({
  name: "imo-proofbench",
  description: "olympiad proofs, marked by a judge or by people (60)",
  licence: "CC-BY-4.0",
  bundled: "imo-proofbench.jsonl.gz",
  where: "github.com/google-deepmind/superhuman, imobench/proofbench_v2.csv",
});

export const anyProofs = proofs({
  name: "proofs",
  description: "proofs of your own, with a rubric each",
  licence: "yours",
  where: "a file of yours; the organisers of a contest publish its problems",
});
