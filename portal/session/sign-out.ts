import { leaveForSignOut } from "./oidc.ts";
import { endSession } from "./session.ts";
import type { SignInSettings } from "./settings.ts";

/** Ends the session here, and at the issuer where it has one of its own. */
export function signOut(signIn: SignInSettings): void {
  endSession("signed-out");
  if (signIn.kind === "oidc") leaveForSignOut(signIn);
}
