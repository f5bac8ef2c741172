import type { IncomingMessage } from "node:http";
import { AppError } from "../../subgraphs/shared/errors.ts";

/** Who a token was given to. Throws AppError UNAUTHENTICATED for a token that is not good; any other error is ours. */
export type Identity = (
  token: string,
) => Promise<{ readonly userId: string; readonly name: string; readonly role?: string | undefined }>;

/** `role` chooses the limits of the caller's requests; without one, everyone's hold. */
export type Caller = { readonly token: string; readonly userId: string; readonly role: string | undefined };

/** @throws AppError UNAUTHENTICATED unless the request has exactly one bearer token and it is good. */
export async function authenticate(request: IncomingMessage, identity: Identity): Promise<Caller> {
  // `headers` keeps the first of two Authorization headers; a proxy in front may have judged the second.
  const { authorization } = request.headers;
  return callerOf(count(request.rawHeaders, "authorization") > 1 ? undefined : authorization, identity);
}

/** How often a header was sent; names and values alternate. */
function count(rawHeaders: readonly string[], name: string): number {
  let found = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.length === name.length && rawHeaders[index]?.toLowerCase() === name) found++;
  }
  return found;
}

/** The same for the value of an `authorization` that came in another way. @throws AppError UNAUTHENTICATED */
export async function callerOf(authorization: string | undefined, identity: Identity): Promise<Caller> {
  const token = BEARER.exec(authorization ?? "")?.[1];
  if (token === undefined) {
    throw new AppError("UNAUTHENTICATED", "This request needs one header `Authorization: Bearer <token>`: sign in.");
  }
  const { userId, role } = await identity(token);
  return { token, userId, role };
}

const BEARER = /^Bearer +([\w.~+/-]+=*)$/i;
