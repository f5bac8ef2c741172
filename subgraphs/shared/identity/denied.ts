import { AppError } from "../errors.ts";
import type { Permission } from "./permissions.ts";

/** What is known of an act that is not allowed. */
export type DeniedAct = {
  readonly merchantId?: string | undefined;
  readonly action?: string;
  readonly objectId?: string;
};

/** One message for a merchant that is not there and for one that is not yours; `act` is for the audit alone. */
export class Denied extends AppError {
  constructor(
    readonly permission: Permission,
    readonly act: DeniedAct = {},
  ) {
    super("FORBIDDEN", `This needs "${permission}": ask the merchant's administrator for access.`);
  }
}
