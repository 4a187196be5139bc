export { StudioError } from "./errors.js";
export { type StudioOptions, studioRoutes } from "./studio-routes.js";
