import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from "type-graphql";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { locationById } from "../place-loads.ts";
import { Location } from "../places.ts";
import { CloseLocationInput, LocationChange, LocationResult, SaveLocationInput } from "./location-type.ts";
import { closeLocation, saveLocation } from "./save-location.ts";

@Resolver(() => LocationChange)
export class LocationChangeResolver {
  @Mutation(() => LocationResult, {
    nullable: true,
    description: "Makes or changes a location. Who is limited to some locations does not see a new one until told so.",
  })
  saveLocation(
    @Ctx() context: RequestContext,
    @Arg("input", () => SaveLocationInput, { description: "The location." }) input: SaveLocationInput,
  ) {
    return saveLocation(context, input);
  }

  @Mutation(() => LocationResult, {
    nullable: true,
    description: "Closes a location that no terminal is at any more; what was taken there stays, and shows as before.",
  })
  closeLocation(
    @Ctx() context: RequestContext,
    @Arg("input", () => CloseLocationInput, { description: "Which." }) input: CloseLocationInput,
  ) {
    return closeLocation(context, input);
  }

  @FieldResolver(() => Location, { nullable: true, description: "The location by now." })
  location(@Ctx() context: RequestContext, @Root() { locationId }: LocationChange) {
    return locationById(context, locationId);
  }
}
