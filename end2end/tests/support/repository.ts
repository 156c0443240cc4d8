import path from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout's top. */
export const REPOSITORY = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");
