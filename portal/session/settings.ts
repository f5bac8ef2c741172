export type SignInSettings =
  | { readonly kind: "demo"; readonly users: readonly { readonly id: string; readonly role: string }[] }
  | OidcSettings
  | { readonly kind: "unreachable" }
  | { readonly kind: "none" };

export type OidcSettings = {
  readonly kind: "oidc";
  readonly clientId: string;
  readonly scope: string;
  readonly audience: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly endSessionEndpoint: string | null;
};

/** What the gateway tells before anyone is signed in. */
export type Settings = {
  readonly signIn: SignInSettings;
  readonly graphiql: boolean;
  /** Operations to begin with, as GraphiQL has them. */
  readonly examples: readonly { readonly name: string; readonly query: string }[];
};

export async function fetchSettings(): Promise<Settings> {
  const response = await fetch("/portal/settings", { headers: { accept: "application/json" } });
  if (!response.ok) throw new Error(`the gateway answers with ${response.status}`);
  return (await response.json()) as Settings;
}
