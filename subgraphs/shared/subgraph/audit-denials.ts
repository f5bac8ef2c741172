import { defaultFieldResolver, type GraphQLObjectType, type GraphQLSchema } from "graphql";
import { AppError } from "../errors.ts";
import { Denied, type DeniedAct } from "../identity/denied.ts";
import type { RequestContext } from "./request-context.ts";

/**
 * Whatever a query refuses with FORBIDDEN is noted as well, once an hour: a page that asks for what its reader may not see
 * asks for it again and again. Whatever a mutation refuses with FORBIDDEN, or with NOT_FOUND as it must for what is another merchant's, is noted for
 * the audit here: no resolver has to, and none can forget. An act that does not say what it is called goes by its field.
 */
export function auditDenials(schema: GraphQLSchema): void {
  noting(schema.getMutationType(), { kind: "mutation", denials: ["FORBIDDEN", "NOT_FOUND"], isHourly: false });
  noting(schema.getQueryType(), { kind: "query", denials: ["FORBIDDEN"], isHourly: true });
}

type Noting = { readonly kind: string; readonly denials: readonly string[]; readonly isHourly: boolean };

function noting(type: GraphQLObjectType | null | undefined, { kind, denials, isHourly }: Noting): void {
  for (const field of Object.values(type?.getFields() ?? {})) {
    const { name, resolve = defaultFieldResolver } = field;
    const noted = (error: unknown, args: Given, context: RequestContext) => {
      if (!(error instanceof AppError) || !denials.includes(error.code)) return;
      for (const entry of entriesOf(context, `${kind}.${name}`, args, error)) context.noteDenied(entry, { isHourly });
    };
    field.resolve = (source, args: Given, context: RequestContext, info) => {
      try {
        const value: unknown = resolve(source, args, context, info);
        if (!(value instanceof Promise)) return value;
        return value.catch((error: unknown) => {
          noted(error, args, context);
          throw error;
        });
      } catch (error) {
        noted(error, args, context);
        throw error;
      }
    };
  }
}

/** Whose matter a refused act is: the merchant's that was named where the caller belongs to it, otherwise all of theirs. */
export function merchantsConcerned(own: readonly string[], named: unknown): readonly string[] {
  const isOwn = typeof named === "string" && own.includes(named);
  return isOwn ? [named] : own.toSorted().slice(0, MOST_MERCHANTS);
}

/** Nobody belongs to so many that more would tell anyone anything, and each entry takes a lock of its merchant's. */
const MOST_MERCHANTS = 100;

function entriesOf(context: RequestContext, field: string, args: Given, error: AppError) {
  const { permission, act } = error instanceof Denied ? error : { permission: undefined, act: {} as DeniedAct };
  const input = { ...args, ...(args["input"] as Given | undefined) };
  const concerned = merchantsConcerned([...context.roles.keys()], act.merchantId ?? input["merchantId"]);
  // What is told to several must not tell one of them of another's things.
  const objectId = concerned.length > 1 ? NOTHING : (act.objectId ?? idIn(input) ?? NOTHING);
  const detail = permission === undefined ? { refusal: "NotFound" } : { permission };
  return concerned.map((merchantId) => ({ merchantId, action: act.action ?? field, objectId, detail }));
}

type Given = Readonly<Record<string, unknown>>;

const NOTHING = "-";
const LONGEST_ID = 200;

/** The first argument that names a thing by its id, and not whose it is. */
function idIn(input: Given): string | undefined {
  const found = Object.entries(input).find(
    ([name, value]) => typeof value === "string" && /^id$|Id$/.test(name) && name !== "merchantId",
  );
  return found && String(found[1]).slice(0, LONGEST_ID);
}
