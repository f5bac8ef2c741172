import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import {
  type GraphQLFieldResolver,
  getNamedType,
  getNullableType,
  graphql,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isListType,
} from "graphql";
import { createEngine } from "../../../gateway/engine/create-engine.ts";
import { supergraphSdl } from "./attack-gateway.ts";

type Connection = { readonly first?: number | undefined };

/**
 * The same graph as someone serves it who read the first page of a manual: no limits, no masking, any body. The checks
 * of the attacks must fail here, or they would find nothing anywhere.
 */
export async function startWeakServer(): Promise<{ readonly url: string; close(): void }> {
  const unused = () => Promise.reject(new Error("the weak server has no subgraphs"));
  const { schema } = createEngine({ supergraphSdl: supergraphSdl(), fetch: unused });
  const anything: GraphQLFieldResolver<Connection | undefined, unknown> = (source, given: Connection, _, info) => {
    if (info.fieldName === "transaction") throw new Error(`syntax error at or near "'": select * from transactions`);
    const type = getNamedType(info.returnType);
    const isList = isListType(getNullableType(info.returnType));
    if (!isList && isCompositeType(type)) return { first: given.first };
    const member = isCompositeType(type) ? {} : isEnumType(type) ? type.getValues()[0]?.value : "1";
    // The list of a connection is as long as the connection was asked to be.
    const first = given.first ?? source?.first ?? 1;
    return isList ? Array(Math.min(Math.max(1, first), 1_000)).fill(member) : member;
  };
  const server = createServer(async (request, response) => {
    try {
      const { query, variables, operationName } = JSON.parse(await text(request)) as {
        query: string;
        variables?: Record<string, unknown>;
        operationName?: string;
      };
      const result = await graphql({
        schema,
        source: query,
        fieldResolver: anything,
        typeResolver: (_, __, ___, type) => (isAbstractType(type) ? schema.getPossibleTypes(type)[0]?.name : undefined),
        ...(variables && { variableValues: variables }),
        ...(operationName !== undefined && { operationName }),
      });
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(result));
    } catch (error) {
      response.statusCode = 500;
      response.end(String((error as Error).stack));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
