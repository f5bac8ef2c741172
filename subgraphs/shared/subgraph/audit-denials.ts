import { defaultFieldResolver, type GraphQLSchema } from "graphql";
import { AppError } from "../errors.ts";
import { Denied, type DeniedAct } from "../identity/denied.ts";
import type { RequestContext } from "./request-context.ts";

/**
 * Whatever a mutation refuses with FORBIDDEN, or with NOT_FOUND as it must for what is another merchant's, is noted for
 * the audit here: no resolver has to, and none can forget. An act that does not say what it is called goes by its field.
 */
export function auditDenials(schema: GraphQLSchema): void {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const { name, resolve = defaultFieldResolver } = field;
    field.resolve = async (source, args: Given, context: RequestContext, info) => {
      try {
        return await resolve(source, args, context, info);
      } catch (error) {
        if (error instanceof AppError && DENIALS.has(error.code)) note(context, name, args, error);
        throw error;
      }
    };
  }
}

const DENIALS: ReadonlySet<string> = new Set(["FORBIDDEN", "NOT_FOUND"]);

/** Whose matter a refused act is: the merchant's that was named where the caller belongs to it, otherwise all of theirs. */
export function merchantsConcerned(own: readonly string[], named: unknown): readonly string[] {
  const isOwn = typeof named === "string" && own.includes(named);
  return isOwn ? [named] : own.toSorted().slice(0, MOST_MERCHANTS);
}

/** Nobody belongs to so many that more would tell anyone anything, and each entry takes a lock of its merchant's. */
const MOST_MERCHANTS = 100;

function note(context: RequestContext, field: string, args: Given, error: AppError): void {
  const { permission, act } = error instanceof Denied ? error : { permission: undefined, act: {} as DeniedAct };
  const input = { ...args, ...(args["input"] as Given | undefined) };
  const concerned = merchantsConcerned([...context.roles.keys()], act.merchantId ?? input["merchantId"]);
  // What is told to several must not tell one of them of another's things.
  const objectId = concerned.length > 1 ? NOTHING : (act.objectId ?? idIn(input) ?? NOTHING);
  const detail = permission === undefined ? { refusal: "NotFound" } : { permission };
  for (const merchantId of concerned) {
    context.noteDenied({ merchantId, action: act.action ?? `mutation.${field}`, objectId, detail });
  }
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
