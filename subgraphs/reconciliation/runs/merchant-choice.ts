import { Field, ID } from "type-graphql";
import type { Permission } from "../../shared/identity/permissions.ts";
import { Output } from "../../shared/subgraph/output.ts";
import { forbidden, type RequestContext } from "../../shared/subgraph/request-context.ts";

@Output("MerchantRequired", "You may do this for several merchants; name one.")
export class MerchantRequired {
  readonly __typename!: "MerchantRequired";

  @Field(() => String, { description: "What to do, as a sentence in English." })
  message!: string;

  @Field(() => [ID], { description: "Merchants to choose from." })
  merchantIds!: readonly string[];
}

/**
 * The merchant that is meant: the one given, or the only one where the caller has the permission. Throws FORBIDDEN for a
 * merchant where the caller has it not, whether it exists or not.
 */
export function chooseMerchant(
  context: RequestContext,
  permission: Permission,
  given: string | null | undefined,
): string | MerchantRequired {
  const allowed = context.require(permission);
  const merchantId = given ?? (allowed.length === 1 ? allowed[0] : undefined);
  if (merchantId === undefined) {
    const message = `You may do this for ${allowed.length} merchants: give \`merchantId\`.`;
    return { __typename: "MerchantRequired", message, merchantIds: allowed };
  }
  if (!allowed.includes(merchantId)) throw forbidden(permission, merchantId);
  return merchantId;
}
