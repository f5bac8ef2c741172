import { exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from "jose";

/** Who signs the benchmark's token, as our gateway checks it; the others do not look at it. */
export const ISSUER = "urn:concord:bench";
export const AUDIENCE = "bench";

export type SignIn = { readonly token: string; readonly keys: JSONWebKeySet };

/** A token that outlasts the benchmark, with the keys to check it by. */
export async function createSignIn(): Promise<SignIn> {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const token = await new SignJWT({ name: "Bench" })
    .setProtectedHeader({ alg: "ES256", typ: "at+jwt", kid: "bench" })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject("usr_bench")
    .setIssuedAt()
    .setExpirationTime("24h")
    .sign(privateKey);
  return { token, keys: { keys: [{ ...(await exportJWK(publicKey)), kid: "bench", alg: "ES256", use: "sig" }] } };
}
