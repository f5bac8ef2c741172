import type { Client, OperationResult } from "urql";
import { ViewerDocument, type ViewerQuery } from "../generated/graph/viewer.ts";
import { readable } from "../language/load-once.ts";
import type { Session } from "../session/session.ts";
import { createClient } from "./client.ts";

/** A session's own way to the graph, and who the graph says it is. */
type First = { readonly client: Client; readonly viewer: Promise<OperationResult<ViewerQuery>> };

const known = new WeakMap<Session, First>();

/**
 * Asks once a session who its person is. Called before there is anything to show, so that the answer is on its way while
 * the code of the page is.
 */
export function firstAnswerOf(session: Session): First {
  const before = known.get(session);
  if (before) return before;
  const client = createClient(session);
  const first = { client, viewer: readable(client.query(ViewerDocument, {}).toPromise()) };
  known.set(session, first);
  return first;
}
