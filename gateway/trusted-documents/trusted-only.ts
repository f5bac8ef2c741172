import { GraphQLError } from "graphql";
import type { ErrorCode } from "../../subgraphs/shared/errors.ts";
import { ERRORS } from "../../subgraphs/shared/errors.ts";
import type { Engine } from "../engine/create-engine.ts";
import type { TrustedDocuments } from "./trusted-documents.ts";

/** An engine that runs registered documents only, whatever transport a document came by. */
export function trustedOnly(engine: Engine, documents: TrustedDocuments): Engine {
  return {
    ...engine,
    async execute(request) {
      if (documents.has(request.query ?? "")) return engine.execute(request);
      const code: ErrorCode = "OPERATION_NOT_ALLOWED";
      return { errors: [new GraphQLError(ERRORS[code].message, { extensions: { code } })] };
    },
  };
}
