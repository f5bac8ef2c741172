import { createHmac, createSecretKey, hash, type KeyObject, randomFillSync, timingSafeEqual } from "node:crypto";
import { AppError } from "../errors.ts";

/** A secret that the gateway and its subgraphs share; `id` tells which one signed. */
export type CallKey = { readonly id: string; readonly secret: string };

/** What a signature covers beside its time and its nonce. */
export type SignedCall = {
  readonly subgraph: string;
  /** `bodyDigest` of the raw body, or `streamDigest` of the head of an upload. */
  readonly content: string;
  /** The whole `authorization` header: with another user's token the call is another call. */
  readonly authorization: string | undefined;
  /** The whole `x-client-address` header, which the audit believes. */
  readonly clientAddress?: string | undefined;
};

export const CALL_SIGNATURE_HEADER = "x-gateway-auth";

/** Where the gateway says that a request came from; heeded only where the signature covers it. */
export const CLIENT_ADDRESS_HEADER = "x-client-address";

/** How far the clocks of a gateway and a subgraph may be apart, and how long a call may take to arrive. */
const CALL_WINDOW_S = 30;

/** The value of `x-gateway-auth` for one call. Every call, a retry too, needs one of its own. */
export function signCall(key: CallKey, call: SignedCall, now = Date.now()): string {
  const time = String(Math.floor(now / 1000));
  const nonce = nextNonce();
  const signature = mac(keyObjectOf(key), call, time, nonce).toString("base64url");
  return `v1; kid=${key.id}; ts=${time}; nonce=${nonce}; sig=${signature}`;
}

const keyObjects = new WeakMap<CallKey, KeyObject>();

/** Made once: it is a good part of what a signature costs. */
function keyObjectOf(key: CallKey): KeyObject {
  const known = keyObjects.get(key);
  if (known) return known;
  const made = createSecretKey(key.secret, "utf8");
  keyObjects.set(key, made);
  return made;
}

const NONCE_BYTES = 16;
const randomness = Buffer.alloc(256 * NONCE_BYTES);
let used = randomness.length;

/** Takes the bytes of many nonces from the system at once: one by one they cost more than the signature. */
function nextNonce(): string {
  if (used === randomness.length) {
    randomFillSync(randomness);
    used = 0;
  }
  used += NONCE_BYTES;
  return randomness.toString("base64url", used - NONCE_BYTES, used);
}

export function bodyDigest(body: string | Uint8Array): string {
  return hash("sha256", body, "hex");
}

/** The parts of an upload that are known before its bytes; header values as they travel. */
export type StreamHead = {
  readonly path: string;
  readonly length: string | undefined;
  readonly fileName: string | undefined;
  readonly merchantId: string | undefined;
};

/**
 * Stands for the body of an upload, which nobody holds whole. Its bytes are not covered: they are hashed on arrival, and
 * that hash is the file's identity. The mark cannot be a body's digest, so neither kind of call passes for the other.
 */
export function streamDigest({ path, length, fileName, merchantId }: StreamHead): string {
  const head = JSON.stringify([path, length ?? null, fileName ?? null, merchantId ?? null]);
  return `UNSIGNED-STREAM ${bodyDigest(head)}`;
}

/** The parts of a signature whose key is known and whose time is near; nothing is proven yet. */
export type OpenSignature = {
  /** Takes the call or refuses it; a signature is taken once. @throws AppError UNAUTHENTICATED, SUBGRAPH_UNAVAILABLE */
  readonly confirm: (call: Omit<SignedCall, "subgraph">) => void;
};

/** Looks at the header alone, before a body is read. @throws AppError UNAUTHENTICATED */
export type CallVerifier = (header: string | undefined) => OpenSignature;

export type VerifierOptions = {
  readonly subgraph: string;
  /** All of them are good; a key is changed by adding the new one to the subgraphs first. */
  readonly keys: readonly CallKey[];
  readonly now?: () => number;
  /** Most signatures remembered, some 80 bytes each; past it calls are refused, never taken unchecked. */
  readonly mostNonces?: number;
};

/**
 * Checks calls for one subgraph. What was taken is remembered in this process only: behind a load balancer a captured
 * call could be taken once more by each other replica, while its 30 s last.
 */
export function createCallVerifier(options: VerifierOptions): CallVerifier {
  const { subgraph, keys, now = Date.now, mostNonces = 250_000 } = options;
  const secrets = new Map(keys.map((key) => [key.id, keyObjectOf(key)]));
  const taken = createNonceMemory(mostNonces);
  return (header) => {
    const { kid, time, nonce, signature } = parse(header);
    const secret = secrets.get(kid);
    if (secret === undefined) throw refused(`there is no key "${kid}"`);
    const ageSeconds = Math.floor(now() / 1000) - Number(time);
    if (Math.abs(ageSeconds) > CALL_WINDOW_S) throw refused(`it was signed ${ageSeconds} s ago`);
    return {
      confirm: (call) => {
        const expected = mac(secret, { ...call, subgraph }, time, nonce);
        if (!timingSafeEqual(expected, Buffer.from(signature, "base64url"))) {
          throw refused("it was made for another subgraph, body, token or address, or with another secret");
        }
        // Only after the proof: otherwise anyone could fill the memory.
        if (!taken.add(nonce, now())) throw refused("it was used before");
      },
    };
  };
}

/** A signature is good from 30 s before to 30 s after its time, so 60 s from its arrival at most. */
const REMEMBERED_MS = 2 * CALL_WINDOW_S * 1000;

function createNonceMemory(most: number) {
  // A map keeps the order in which keys came, which is the order in which they expire.
  const expiries = new Map<string, number>();
  function forget(now: number): void {
    for (const [nonce, expiry] of expiries) {
      if (expiry > now) return;
      expiries.delete(nonce);
    }
  }
  return {
    /** False when it is known. */
    add(nonce: string, now: number): boolean {
      forget(now);
      if (expiries.has(nonce)) return false;
      if (expiries.size >= most) {
        throw new AppError("SUBGRAPH_UNAVAILABLE", `More than ${most} calls in a minute: run more replicas.`);
      }
      // A millisecond more than the last second that a signature is good in.
      expiries.set(nonce, now + REMEMBERED_MS + 1000);
      return true;
    },
  };
}

const HEADER = /^v1; kid=([\w-]{1,64}); ts=(\d{10}); nonce=([\w-]{22}); sig=([\w-]{43})$/;

function parse(header: string | undefined) {
  if (header === undefined) throw refused("there is none");
  const [, kid, time, nonce, signature] = HEADER.exec(header) ?? [];
  if (kid === undefined || time === undefined || nonce === undefined || signature === undefined) {
    throw refused("it is not of the form v1; kid=…; ts=…; nonce=…; sig=…");
  }
  return { kid, time, nonce, signature };
}

function mac(secret: KeyObject, call: SignedCall, time: string, nonce: string): Buffer {
  const { subgraph, content, authorization, clientAddress } = call;
  const text = `v1\n${subgraph}\n${time}\n${nonce}\n${content}\n${authorizationDigest(authorization ?? "")}`;
  // A digest ends the text above, so that with an address it is no other call's text without one.
  const whole = clientAddress === undefined ? text : `${text}\n${clientAddress}`;
  return createHmac("sha256", secret).update(whole).digest();
}

const last = { authorization: "", digest: bodyDigest("") };

/** The calls for one request carry one token, and follow each other. */
function authorizationDigest(authorization: string): string {
  if (authorization !== last.authorization) {
    last.digest = bodyDigest(authorization);
    last.authorization = authorization;
  }
  return last.digest;
}

function refused(why: string): AppError {
  return new AppError("UNAUTHENTICATED", `The gateway's signature on this call is not good: ${why}.`);
}
