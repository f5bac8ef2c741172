import type { BatchedLoad } from "../shared/subgraph/batched.ts";
import { defineSubgraph } from "../shared/subgraph/define-subgraph.ts";
import type { ReferenceResolver } from "../shared/subgraph/subgraph-schema.ts";
import { idIn } from "../shared/subgraph/visible-transactions.ts";
import { LocationResolver, MerchantResolver, TerminalResolver, ViewerResolver } from "./account-resolvers.ts";
import { AuditEventResolver } from "./audit-events.ts";
import { InvitationResolver } from "./invitations/invitation-resolvers.ts";
import { LocationChangeResolver } from "./locations/location-resolvers.ts";
import { MachineResolver } from "./machines/machine-resolvers.ts";
import { MembershipResolver } from "./memberships.ts";
import { locationById, merchantById, terminalById } from "./place-loads.ts";
import { Location, Merchant, Terminal } from "./places.ts";
import { UserGroupRemovalResolver } from "./remove-user-group.ts";
import { SampleDataResolver } from "./samples/sample-resolvers.ts";
import { SupportAccessResolver } from "./support-access.ts";
import { TerminalLinkResolver } from "./terminals/terminal-resolvers.ts";
import { UserGroupResolver } from "./user-groups.ts";
import { ViewerMembershipResolver } from "./viewer-memberships.ts";

/** Owns merchants, their places, and who asks. */
export const subgraph = defineSubgraph({
  name: "accounts",
  resolvers: [
    ViewerResolver,
    MerchantResolver,
    LocationResolver,
    TerminalResolver,
    AuditEventResolver,
    SupportAccessResolver,
    UserGroupResolver,
    MembershipResolver,
    MachineResolver,
    TerminalLinkResolver,
    LocationChangeResolver,
    InvitationResolver,
    UserGroupRemovalResolver,
    ViewerMembershipResolver,
    SampleDataResolver,
  ],
  orphanedTypes: [Location, Terminal],
  entities: [Merchant, Location, Terminal],
  references: {
    Merchant: loadedBy(merchantById),
    Location: loadedBy(locationById),
    Terminal: loadedBy(terminalById),
  },
});

function loadedBy(load: BatchedLoad<object>): ReferenceResolver {
  return (reference, context) => {
    const id = idIn(reference);
    return id === null ? null : load(context, id);
  };
}
