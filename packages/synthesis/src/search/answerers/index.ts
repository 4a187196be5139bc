/** The scripted answerers there are: one file and one line each. */

import type { Answerer } from "./answerer.js";
import { firstHit } from "./first-hit.js";
import { ignoresLinks } from "./ignores-links.js";
import { ignoresOne } from "./ignores-one.js";
import { popularEntity } from "./popular-entity.js";
import { roundsNumbers } from "./rounds-numbers.js";
import { stalePage } from "./stale-page.js";
import { stopsEarly } from "./stops-early.js";
import { wrongHop } from "./wrong-hop.js";

export const ANSWERERS: readonly Answerer[] = [
  firstHit,
  ignoresOne,
  ignoresLinks,
  roundsNumbers,
  stalePage,
  stopsEarly,
  wrongHop,
  popularEntity,
];
