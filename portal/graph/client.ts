import { Client, type CombinedError, fetchExchange, makeOperation, mapExchange, type Operation } from "urql";
import { endSession, type Session } from "../session/session.ts";
import { noteMissing } from "./missing-parts.ts";

/** The graph, asked as one person. Documents go by their ids: the gateway knows their texts. */
export function createClient({ token }: Session): Client {
  return new Client({
    url: "/graphql",
    fetchOptions: { headers: { authorization: `Bearer ${token}` } },
    requestPolicy: "network-only",
    preferGetMethod: false,
    exchanges: [
      mapExchange({
        onOperation: withoutText,
        onResult({ operation, error, data }) {
          if (error && codesOf(error).includes("UNAUTHENTICATED")) endSession("expired");
          // An answer without any data is the page's own matter to show.
          noteMissing(nameOf(operation), data ? servicesOf(error) : new Set());
        },
      }),
      fetchExchange,
    ],
  });
}

/** What has no definitions is sent by its id alone. */
function withoutText(operation: Operation): Operation {
  return makeOperation(
    operation.kind,
    { ...operation, query: { ...operation.query, definitions: [] } },
    operation.context,
  );
}

function nameOf({ key }: Operation): string {
  return String(key);
}

/** Codes of the gateway's table, of every error in an answer. */
export function codesOf({ graphQLErrors, response }: CombinedError): readonly string[] {
  const codes = graphQLErrors.map(({ extensions }) => String(extensions["code"]));
  const { status } = (response ?? {}) as { readonly status?: number };
  return status === 401 ? [...codes, "UNAUTHENTICATED"] : codes;
}

function servicesOf(error: CombinedError | undefined): ReadonlySet<string> {
  const services = (error?.graphQLErrors ?? []).map(({ extensions }) => extensions["service"]);
  return new Set(services.filter((service) => typeof service === "string"));
}
