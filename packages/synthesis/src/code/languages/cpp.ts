/** C++: projects that CMake builds and CTest tests. */

import { cmakeLanguage } from "./cmake.js";

export const cpp = cmakeLanguage("cpp");
