/** Validation without code generation: the content security policy of the page lets no text become code. Imported before all else. */
import * as z from "zod";

z.config({ jitless: true });
