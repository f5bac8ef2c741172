import { existsSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_ROOT } from "./project-root.ts";

/** What `npm run build` makes of the portal. */
export const PORTAL_FILES = join(PROJECT_ROOT, "dist/portal");

const DOCUMENTS = join(PROJECT_ROOT, "dist/portal-documents.json");

/** The manifest of the documents that the portal sends; none where it was not built. */
export function portalDocuments(): readonly string[] {
  return existsSync(DOCUMENTS) ? [DOCUMENTS] : [];
}
