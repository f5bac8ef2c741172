import { beginSession } from "./session.ts";

/** Signs a demo user in by name, or anybody by e-mail address, which only a development server does. */
export async function signInAsDemo(user: string): Promise<void> {
  const response = await fetch("/dev/token", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user }),
  });
  if (!response.ok) throw new Error(`the gateway answers with ${response.status}`);
  const { token, expiresIn } = (await response.json()) as { readonly token: string; readonly expiresIn: number };
  beginSession({ token, expiresAt: Date.now() + expiresIn * 1_000 });
}
