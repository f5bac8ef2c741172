import type { IncomingMessage, ServerResponse } from "node:http";
import type { DataSource } from "typeorm";
import { appendAudit } from "../../shared/audit.ts";
import { inScope, PLATFORM, type Scope } from "../../shared/database/scope.ts";
import { AppError, ERRORS } from "../../shared/errors.ts";
import type { FileStorage } from "../../shared/file-storage.ts";
import { CLIENT_ADDRESS_HEADER } from "../../shared/identity/call-signature.ts";
import { type GrantsReader, merchantsWith } from "../../shared/identity/grants.ts";
import { isMachineKey, verifyMachineKey } from "../../shared/identity/machine-keys.ts";
import type { NoteSignIn } from "../../shared/identity/sign-ins.ts";
import type { VerifyToken } from "../../shared/identity/verify-token.ts";
import { merchantsConcerned } from "../../shared/subgraph/audit-denials.ts";
import { requestIdOf } from "../../shared/subgraph/request-context.ts";
import type { SubgraphRoute } from "../../shared/subgraph/subgraph-route.ts";
import { assertSigned, FILE_SIGNATURE_HEADER, type FileKeys } from "./file-signature.ts";
import { receiveFile } from "./receive-file.ts";
import type { SenderBinding } from "./sender-binding.ts";

export type UploadServices = {
  readonly database: DataSource;
  readonly storage: FileStorage;
  readonly verifyToken: VerifyToken;
  readonly grantsOf: GrantsReader;
  readonly noteSignIn?: NoteSignIn;
  /** Keys of providers whose machines have to sign their files. */
  readonly fileKeys?: FileKeys | undefined;
  /** Most files of a merchant that may wait; 200 unless told. */
  readonly mostWaiting?: number;
};

export type Upload = {
  readonly stream: AsyncIterable<Buffer>;
  readonly name: string;
  /** Named where the caller may upload for several merchants; no more than a wish until the grants allow it. */
  readonly merchantId?: string | undefined;
  /** To find out what it would do; it is applied by another request, or never. */
  readonly previewOnly?: boolean | undefined;
  /** `authorization`, `x-request-id`, where the gateway knows it `x-client-address`, and of a machine `x-file-signature`. */
  readonly headers: Readonly<Record<string, string | undefined>>;
};

/** 201 for a new file, 200 for one we have; the import goes on by itself and `settlementFile(id)` shows it. */
export type UploadAnswer = { readonly status: 200 | 201; readonly body: Readonly<Record<string, string | boolean>> };

/** Takes an upload in for the merchant that the caller's grants allow. @throws AppError UNAUTHENTICATED, FORBIDDEN, FILE_REJECTED, OVERLOADED */
export async function receiveUpload(services: UploadServices, upload: Upload): Promise<UploadAnswer> {
  const { authorization } = upload.headers;
  const { userId } = await (isMachineKey(authorization)
    ? verifyMachineKey(services.database, authorization)
    : services.verifyToken(authorization));
  const grants = await services.grantsOf(userId, { fresh: true });
  const call = {
    requestId: requestIdOf(upload.headers["x-request-id"]),
    address: upload.headers[CLIENT_ADDRESS_HEADER],
  };
  const scope = { merchants: [...grants.keys()], user: userId, call };
  await services.noteSignIn?.(upload.headers["authorization"] ?? "", scope);
  const merchantId = await orDenied(services.database, scope, upload, () =>
    chooseMerchant(merchantsWith(grants, "files:upload"), upload.merchantId),
  );
  const binding = await bindingOf(services.database, userId, merchantId);
  const file = await receiveFile(services, {
    bytes: upload.stream,
    name: upload.name,
    merchantId,
    origin: "UPLOAD",
    userId,
    call,
    previewOnly: upload.previewOnly === true,
    ...binding,
    prove: (sha256) =>
      assertSigned(
        { sha256, signature: upload.headers[FILE_SIGNATURE_HEADER] },
        { provider: binding.onlyProvider, keys: services.fileKeys ?? [] },
      ),
    mostWaiting: services.mostWaiting ?? MOST_WAITING,
  });
  const { id, sha256, name, status, isNew } = file;
  return { status: isNew ? 201 : 200, body: { id, sha256, name, status, alreadyKnown: !isNew, merchantId } };
}

const MOST_WAITING = 200;

/** A refusal is an entry in the audit of the merchant concerned. */
async function orDenied<T>(database: DataSource, scope: Scope, { merchantId }: Upload, work: () => T): Promise<T> {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "FORBIDDEN") throw error;
    const act = { actorId: scope.user, action: "settlement-file.upload", objectId: "-", outcome: "DENIED" } as const;
    await inScope(database, scope, async (transaction) => {
      for (const concerned of merchantsConcerned(scope.merchants, merchantId)) {
        await appendAudit(transaction, { ...act, merchantId: concerned, detail: { permission: "files:upload" } });
      }
    });
    throw error;
  }
}

/** What a machine may send; people may send anything. */
async function bindingOf(database: DataSource, userId: string, merchantId: string): Promise<SenderBinding> {
  const [row] = await inScope(database, { merchants: [], user: userId }, ({ query }) =>
    query<SenderBinding>(BINDING, [userId, merchantId]),
  );
  return row ?? { onlyProvider: null, onlyAccounts: null };
}

const BINDING = `
  select provider as "onlyProvider", accounts as "onlyAccounts"
  from accounts.membership where user_id = $1 and merchant_id = $2
  union all
  select provider, accounts from accounts.machine where 'machine:' || id = $1 and merchant_id = $2`;

/** Whose file it is: the merchant named, else the only one it can be, else the platform's if the caller may do that. */
function chooseMerchant(allowed: readonly string[], named: string | undefined): string {
  if (allowed.length === 0)
    throw new AppError("FORBIDDEN", "you may not upload files; ask an administrator for the right");
  if (named !== undefined) {
    if (allowed.includes(named)) return named;
    throw new AppError("FORBIDDEN", `you may not upload files for merchant "${named}"`);
  }
  const merchants = allowed.filter((merchant) => merchant !== PLATFORM);
  const [only, other] = merchants;
  if (only !== undefined && other === undefined) return only;
  if (allowed.includes(PLATFORM)) return PLATFORM;
  throw new AppError("INVALID_INPUT", "you may upload for several merchants; name one with ?merchant=ID");
}

/** POST /files of the reconciliation subgraph in a process of its own: the gateway passes the stream on to it. */
export function uploadRoute(services: UploadServices): SubgraphRoute {
  return {
    method: "POST",
    path: "/files",
    handle: async (request: IncomingMessage, response: ServerResponse) => {
      const { status, body } = await receiveUpload(services, {
        stream: request,
        name: decodeURIComponent(header(request, "x-file-name") ?? "unnamed"),
        merchantId: header(request, "x-upload-merchant"),
        previewOnly: request.url?.endsWith("?preview=true"),
        headers: {
          authorization: header(request, "authorization"),
          "x-request-id": header(request, "x-request-id"),
          [CLIENT_ADDRESS_HEADER]: header(request, CLIENT_ADDRESS_HEADER),
          [FILE_SIGNATURE_HEADER]: header(request, FILE_SIGNATURE_HEADER),
        },
      }).catch(refusal);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    },
  };
}

function refusal(error: unknown): { readonly status: number; readonly body: unknown } {
  if (!(error instanceof AppError)) throw error;
  return { status: ERRORS[error.code].status, body: { error: { code: error.code, message: error.message } } };
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" ? value : undefined;
}
