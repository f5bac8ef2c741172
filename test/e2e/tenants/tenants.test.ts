import { afterAll, beforeAll } from "vitest";
import { reading } from "./reading.ts";
import { openTenants, type Tenants } from "./tenants.ts";

/** Three merchants of equal shape, everything they have marked as theirs: nobody may ever meet another's mark. */
let tenants: Tenants;
beforeAll(async () => {
  tenants = await openTenants();
}, 600_000);
afterAll(() => tenants?.close());

reading(() => tenants);
