/** How the values of environment variables are written, and what they are read as. */
import { isIP } from "node:net";
import { z } from "zod";

export function wholeNumber(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,8}$/, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message);
}

/** Several split by commas; of those, the first signs. */
export function secrets() {
  return z
    .string()
    .transform((text) => text.split(",").map((secret) => secret.trim()))
    .refine(
      (list) => list.every((secret) => secret.length >= 32),
      "must be at least 32 characters, each of several with commas",
    );
}

export function callKeys() {
  const message =
    "must be id:secret, or several split by commas; an id stands once, a secret has 32 characters or more";
  return z
    .string()
    .transform((text) => text.split(",").map((pair) => /^([\w-]{1,64}):(\S{32,})$/.exec(pair.trim())))
    .refine((pairs) => pairs.every((pair) => pair !== null), message)
    .transform((pairs) => pairs.map((pair) => ({ id: pair?.[1] ?? "", secret: pair?.[2] ?? "" })))
    .refine((keys) => new Set(keys.map(({ id }) => id)).size === keys.length, message);
}

/** `a=b,c=d`: what stands in a token, and what it means here. */
export function pairs() {
  return z
    .string()
    .transform((text) => text.split(",").map((pair) => pair.split("=").map((part) => part.trim())))
    .refine(
      (list) => list.every((pair) => pair.length === 2 && pair.every(Boolean)),
      "must be theirs=ours, with commas",
    )
    .transform((list) => list.map(([theirs = "", ours = ""]) => [theirs, ours] as const));
}

/** `EUR=100000,JPY=0`: minor units by currency. */
export function moneyLimits(fallback: string) {
  return z
    .string()
    .default(fallback)
    .transform((text) => text.split(",").map((pair) => /^([A-Z]{3})=(\d{1,15})$/.exec(pair.trim())))
    .refine((pairs) => pairs.every((pair) => pair !== null), "must be CURRENCY=minor units, with commas")
    .transform((pairs) => new Map(pairs.map((pair) => [pair?.[1] ?? "", BigInt(pair?.[2] ?? 0)])));
}

export function onOff() {
  return z.enum(["on", "off"]).transform((value) => value === "on");
}

/** Exact origins, comma separated. "*" is none: any page could then read what a signed-in user may. */
export function origins() {
  const isOrigin = (text: string) => /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
  return z
    .string()
    .transform((text) => text.split(",").map((origin) => origin.trim()))
    .refine((list) => list.every(isOrigin), "must be origins such as https://app.example, separated by commas");
}

export function url(...protocols: readonly string[]) {
  const message = `must be a URL that starts with ${protocols.map((protocol) => `${protocol}://`).join(" or ")}`;
  return z.string().refine((text) => {
    return URL.canParse(text) && protocols.includes(new URL(text).protocol.slice(0, -1)) && text.includes("://");
  }, message);
}

/** Addresses and subnets, split by commas. */
export function networks() {
  return z
    .string()
    .transform((text) => text.split(",").map((part) => part.trim()))
    .refine((list) => list.every(isNetwork), "must be addresses or subnets such as 10.0.0.0/8, with commas");
}

function isNetwork(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  const most = { 4: 32, 6: 128 }[isIP(address)];
  if (most === undefined || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= most);
}
