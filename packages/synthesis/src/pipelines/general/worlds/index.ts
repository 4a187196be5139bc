/** The worlds there are: one file and one line each. */

import type { WorldSpec } from "../schema.js";
import { airline } from "./airline.js";
import { concert } from "./concert.js";
import { courses } from "./courses.js";
import { library } from "./library.js";
import { machines } from "./machines.js";
import { menu } from "./menu.js";
import { packages } from "./packages.js";
import { spreadsheet } from "./spreadsheet.js";
import { staffing } from "./staffing.js";
import { timetable } from "./timetable.js";
import { trip } from "./trip.js";
import { warehouse } from "./warehouse.js";

export const WORLDS: readonly WorldSpec[] = [
  trip,
  packages,
  airline,
  library,
  timetable,
  warehouse,
  courses,
  spreadsheet,
  menu,
  staffing,
  machines,
  concert,
];
