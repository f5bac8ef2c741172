import { type DocumentNode, parse } from "graphql";
import { LRUCache } from "lru-cache";

/** Parsed documents, so many of those seen last. By number: what one may hold is bounded by its tokens. */
const MOST_DOCUMENTS = 1_000;

/** Reads a document; undefined for one that cannot be read, which the engine has the words for. */
export type ReadDocument = (query: string) => DocumentNode | undefined;

export function createDocuments(maxTokens: number): ReadDocument {
  const known = new LRUCache<string, DocumentNode>({ max: MOST_DOCUMENTS });
  return (query) => {
    const kept = known.get(query);
    if (kept) return kept;
    try {
      const document = parse(query, { maxTokens });
      known.set(query, document);
      return document;
    } catch {
      return undefined;
    }
  };
}
