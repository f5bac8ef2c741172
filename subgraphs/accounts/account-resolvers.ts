import { Args, Ctx, Field, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import type { Action, Menu, Role } from "../shared/identity/permissions.ts";
import { conditions } from "../shared/subgraph/conditions.ts";
import { keysetPage } from "../shared/subgraph/keyset-page.ts";
import { Output } from "../shared/subgraph/output.ts";
import { connectionOf, ForwardPage } from "../shared/subgraph/page-type.ts";
import type { RequestContext } from "../shared/subgraph/request-context.ts";
import { RoleEnum } from "../shared/subgraph/vocabulary-enums.ts";
import { locationById, locationsOfMerchant, merchantById, terminalsOfLocation } from "./place-loads.ts";
import { Location, Merchant, Terminal } from "./places.ts";
import { ActionEnum, MenuEnum } from "./user-group-type.ts";

@Output("Viewer", "Whoever asks.")
export class Viewer {
  @Field(() => ID, { description: "The user's id, the subject of the access token." })
  id!: string;

  @Field(() => String, { description: "A name to show, from the token." })
  name!: string;

  @Field(() => [RoleEnum], { description: "Every role the user has at some merchant, without repetition." })
  roles!: readonly Role[];

  @Field(() => [MenuEnum], { description: "The parts of the portal that are open to the user at some merchant." })
  menus!: readonly Menu[];

  @Field(() => [ActionEnum], {
    description: "What the user may do at some merchant, in the menus that are open there.",
  })
  actions!: readonly Action[];
}

@Output("MerchantConnection", "A page of merchants, by id.")
class MerchantConnection extends connectionOf("Merchant", Merchant) {}

@Resolver(() => Viewer)
export class ViewerResolver {
  @Query(() => Viewer, { nullable: true, description: "Whoever asks, and what they may do." })
  viewer(@Ctx() { identity, roles, opened }: RequestContext): Viewer {
    return { id: identity.userId, name: identity.name, roles: [...new Set(roles.values())].sort(), ...opened };
  }

  @FieldResolver(() => [Merchant], { nullable: true, description: "Merchants the user may see, by id." })
  async merchants(@Ctx() context: RequestContext) {
    const merchants = context.reach("accounts:view").merchants.map((id) => merchantById(context, id));
    return (await Promise.all(merchants)).filter((merchant) => merchant !== null);
  }
}

@Resolver(() => Merchant)
export class MerchantResolver {
  @Query(() => MerchantConnection, { nullable: true, description: "Merchants you may see, by id." })
  merchants(@Ctx() context: RequestContext, @Args(() => ForwardPage) page: ForwardPage) {
    const list = {
      list: "merchants",
      from: "(select m.merchant_id, m.merchant_id as id, m.name, m.zone from accounts.merchant m) t",
      columns: "t.id, t.name, t.zone",
      where: conditions([context.requireReach("accounts:view").merchants]),
      sort: { column: "t.merchant_id", type: "text", direction: "ASC" },
    } as const;
    return keysetPage<Merchant, Merchant>(context, list, page, (row) => row);
  }

  @FieldResolver(() => RoleEnum, { nullable: true, description: "The asking user's role there." })
  role(@Ctx() { roles }: RequestContext, @Root() { id }: Merchant) {
    return roles.get(id) ?? null;
  }

  @FieldResolver(() => [Location], { nullable: true, description: "Its locations, by name." })
  async locations(@Ctx() context: RequestContext, @Root() { id }: Merchant) {
    return (await locationsOfMerchant(context, id)) ?? [];
  }
}

@Resolver(() => Location)
export class LocationResolver {
  @FieldResolver(() => Merchant, { nullable: true, description: "Whose it is." })
  merchant(@Ctx() context: RequestContext, @Root() { merchantId }: Location) {
    return merchantById(context, merchantId);
  }

  @FieldResolver(() => [Terminal], { nullable: true, description: "Terminals that are or were here, by terminal id." })
  async terminals(@Ctx() context: RequestContext, @Root() { id }: Location) {
    return (await terminalsOfLocation(context, id)) ?? [];
  }
}

@Resolver(() => Terminal)
export class TerminalResolver {
  @FieldResolver(() => Location, { nullable: true, description: "Where it is or was." })
  location(@Ctx() context: RequestContext, @Root() { locationId }: Terminal) {
    return locationById(context, locationId);
  }
}
