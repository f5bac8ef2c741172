import { afterAll, beforeAll } from "vitest";
import { addresses } from "./addresses.ts";
import { foreignIds } from "./foreign-ids.ts";
import { jobs } from "./jobs.ts";
import { reading } from "./reading.ts";
import { roles } from "./roles.ts";
import { subscriptions } from "./subscriptions.ts";
import { openTenants, type Tenants } from "./tenants.ts";

/** Three merchants of equal shape, everything they have marked as theirs: nobody may ever meet another's mark. */
let tenants: Tenants;
beforeAll(async () => {
  tenants = await openTenants();
}, 600_000);
afterAll(() => tenants?.close());

reading(() => tenants);
jobs(() => tenants);
foreignIds(() => tenants);
addresses(() => tenants);
subscriptions(() => tenants);
// Last, since who may do a thing does it.
roles(() => tenants);
