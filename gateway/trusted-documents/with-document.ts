import { AppError, ERRORS } from "../../subgraphs/shared/errors.ts";
import type { TrustedDocuments } from "./trusted-documents.ts";

/**
 * Puts the registered text where a body has a `documentId`; other bodies stay as they are.
 * @throws AppError OPERATION_NOT_ALLOWED for an id that nobody registered, INVALID_INPUT for an id beside a text
 */
export function withDocument(body: unknown, documents: TrustedDocuments | undefined): unknown {
  if (typeof body !== "object" || body === null || !("documentId" in body)) return body;
  const { documentId, ...rest } = body;
  if ("query" in rest) throw new AppError("INVALID_INPUT", "The body has `documentId` and `query`: send one of both.");
  return { ...rest, query: textOf(documentId, documents) };
}

/** The same for the parameters of a GET. */
export function withDocumentInSearch(
  search: URLSearchParams,
  documents: TrustedDocuments | undefined,
): URLSearchParams {
  const id = search.get("documentId");
  if (id === null) return search;
  const named = new URLSearchParams(search);
  named.delete("documentId");
  named.set("query", textOf(id, documents));
  return named;
}

function textOf(id: unknown, documents: TrustedDocuments | undefined): string {
  const text = typeof id === "string" ? documents?.textOf(id) : undefined;
  if (text === undefined) throw new AppError("OPERATION_NOT_ALLOWED", ERRORS.OPERATION_NOT_ALLOWED.message);
  return text;
}
