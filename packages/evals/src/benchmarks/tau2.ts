/** Barres et al. 2025: tau2-bench, its shop, airline, telephone company and bank. */

import { airline } from "../tau2/airline/index.js";
import { banking } from "../tau2/banking/index.js";
import { tau2 } from "../tau2/benchmark.js";
import { retail } from "../tau2/retail/index.js";
import { telecom } from "../tau2/telecom/index.js";

export const tau2Retail = tau2(retail, { description: "serve a shop's customers by its policy and tools (114)" });
export const tau2Airline = tau2(airline, { description: "serve an airline's passengers by its policy and tools (50)" });
export const tau2Telecom = tau2(telecom, { description: "help a caller whose phone only the caller can reach (114)" });
export const tau2Banking = tau2(banking, { description: "serve a bank's customers by what its documents say (97)" });
