import { AppError, ERRORS } from "../subgraphs/shared/errors.ts";

/** Asks a subgraph for what is not an operation. @throws AppError SUBGRAPH_UNAVAILABLE, also where it refuses our signature */
export async function passOn(subgraph: string, url: URL, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init).catch((cause: unknown) => {
    throw unavailable(cause);
  });
  if (response.headers.get("www-authenticate") !== "Gateway-Signature") return response;
  const problem = `${subgraph} refused our signature: compare CONCORD_GATEWAY_KEYS and the clocks of both sides`;
  throw unavailable(new Error(problem));
}

export function unavailable(cause: unknown): AppError {
  return new AppError("SUBGRAPH_UNAVAILABLE", ERRORS.SUBGRAPH_UNAVAILABLE.message, { cause });
}
