/** The Web Worker: the engine, on the wasm device. */
import "./without-eval.js";
import "@cachalot/engine/web-worker";
