import { Ctx, Field, FieldResolver, ID, Resolver, Root } from "type-graphql";
import { DateTimeScalar } from "../shared/scalars.ts";
import { batched, groupedByKey } from "../shared/subgraph/batched.ts";
import { Output } from "../shared/subgraph/output.ts";
import type { RequestContext } from "../shared/subgraph/request-context.ts";
import { Merchant } from "./places.ts";

@Output("SupportAccess", "Leave for one of the platform's people to look at a merchant's books. It changes nothing.")
class SupportAccess {
  @Field(() => ID, { description: "Stable id, `sup_…`; the audit tells of it by this." })
  id!: string;

  @Field(() => String, { description: "Who may look." })
  userId!: string;

  @Field(() => String, { description: "Why, in the words of who granted it." })
  reason!: string;

  @Field(() => String, { description: "Who granted it." })
  grantedBy!: string;

  @Field(() => DateTimeScalar, { description: "From when on." })
  grantedAt!: Date;

  @Field(() => DateTimeScalar, { description: "When it ends by itself, at most eight hours later." })
  until!: Date;

  @Field(() => Boolean, { description: "Whether the person may look now: show it while it is so." })
  isInForce!: boolean;
}

@Resolver(() => Merchant)
export class SupportAccessResolver {
  @FieldResolver(() => [SupportAccess], {
    nullable: true,
    description:
      "Who of the platform's people may look, or could, the latest first and 50 at most. Null for who sees some locations only.",
  })
  async supportAccess(@Ctx() context: RequestContext, @Root() { id }: Merchant) {
    if (!context.merchantsWith("accounts:view").includes(id)) return null;
    return (await accessOfMerchant(context, id)) ?? [];
  }
}

type Row = Omit<SupportAccess, "id"> & { readonly id: string; readonly merchantId: string };

const accessOfMerchant = batched<readonly SupportAccess[]>(async (context, merchants) => {
  const rows = await context.query<Row>(OF_MERCHANTS, [merchants]);
  return groupedByKey<Row, SupportAccess>(
    rows,
    ({ merchantId }) => merchantId,
    (row) => row,
  );
});

const OF_MERCHANTS = `
  select a.* from unnest($1::text[]) m (merchant_id) cross join lateral (
    select merchant_id as "merchantId", id, user_id as "userId", reason, granted_by as "grantedBy",
      granted_at as "grantedAt", until, ended_at is null and until > clock_timestamp() as "isInForce"
    from accounts.support_access s where s.merchant_id = m.merchant_id order by granted_at desc, id limit 50) a
  order by "merchantId", "grantedAt" desc, id`;
