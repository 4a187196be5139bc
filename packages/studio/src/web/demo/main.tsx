import "./without-eval.js";
import "../style.css";
import "./demo.css";
import { render } from "preact";
import { Demo } from "./demo.js";
import { start } from "./model/model-state.js";

render(<Demo />, document.getElementById("app")!);
void start();
