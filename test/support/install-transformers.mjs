// Hugging Face transformers, for test/transformers.slow.test.ts: node test/support/install-transformers.mjs
// Some GB, since PyPI's torch brings CUDA along.
import { pythonEnvironment } from "./python-environment.mjs";

const { python, installFrom } = pythonEnvironment(
  "transformers",
  ["torch==2.15.0", "transformers==5.24.0"],
  process.env.CACHALOT_TRANSFORMERS_PYTHON,
);
export const transformersPython = python;
installFrom(import.meta.url);
