import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bodyDigest,
  type CallKey,
  createCallVerifier,
  type SignedCall,
  signCall,
  streamDigest,
  type VerifierOptions,
} from "../../subgraphs/shared/identity/call-signature.ts";

const ONE: CallKey = { id: "one", secret: "1".repeat(32) };
const TWO: CallKey = { id: "two", secret: "2".repeat(32) };
const NOW = Date.UTC(2026, 0, 5, 8);
const call: SignedCall = {
  subgraph: "acquirers",
  content: bodyDigest('{"query":"{ a }"}'),
  authorization: "Bearer ann",
};

/** Verifies at one moment; gives the code of the refusal, or "taken". */
function verifier(options: Partial<VerifierOptions> = {}) {
  const verify = createCallVerifier({ subgraph: "acquirers", keys: [ONE], now: () => NOW, ...options });
  return (header: string | undefined, received: Omit<SignedCall, "subgraph"> = call) => {
    try {
      verify(header).confirm(received);
      return "taken";
    } catch (error) {
      return (error as { code?: string }).code;
    }
  };
}

describe("a signature", () => {
  test("is taken for the call it was made for, once", () => {
    const verify = verifier();
    const header = signCall(ONE, call, NOW);
    expect(verify(header)).toBe("taken");
    expect(verify(header)).toBe("UNAUTHENTICATED");
    expect(verify(signCall(ONE, call, NOW))).toBe("taken");
  });

  test.each<[string, string | undefined]>([
    ["is missing", undefined],
    ["is empty", ""],
    ["has another version", signCall(ONE, call, NOW).replace("v1", "v2")],
    ["has an unknown key", signCall(TWO, call, NOW)],
    ["has a known key's id and another's secret", signCall({ ...TWO, id: "one" }, call, NOW)],
    ["has a later time than was signed", signCall(ONE, call, NOW - 31_000).replace(/ts=\d+/, `ts=${NOW / 1000}`)],
    ["has another nonce than was signed", signCall(ONE, call, NOW).replace(/nonce=./, "nonce=_")],
    ["is cut short", signCall(ONE, call, NOW).slice(0, -1)],
    ["is sent twice", `${signCall(ONE, call, NOW)}, ${signCall(ONE, call, NOW)}`],
    ["was made for another subgraph", signCall(ONE, { ...call, subgraph: "accounts" }, NOW)],
    ["was made for another body", signCall(ONE, { ...call, content: bodyDigest("{}") }, NOW)],
    ["was made for another user's token", signCall(ONE, { ...call, authorization: "Bearer lee" }, NOW)],
    ["was made for a call without a token", signCall(ONE, { ...call, authorization: undefined }, NOW)],
  ])("is refused when it %s", (_, header) => {
    expect(verifier()(header)).toBe("UNAUTHENTICATED");
  });

  test.each([
    [-31, "UNAUTHENTICATED"],
    [-30, "taken"],
    [0, "taken"],
    [30, "taken"],
    [31, "UNAUTHENTICATED"],
  ])("made %d s away is %s", (seconds, expected) => {
    expect(verifier()(signCall(ONE, call, NOW + seconds * 1000))).toBe(expected);
  });

  test("is refused when any one character of it is another", () => {
    const header = signCall(ONE, call, NOW);
    // The last character carries two bits that base64 leaves open.
    fc.assert(
      fc.property(fc.nat(header.length - 2), fc.constantFrom("A", "b", "7", "-", ";", " "), (at, character) => {
        fc.pre(header[at] !== character);
        return verifier()(header.slice(0, at) + character + header.slice(at + 1)) === "UNAUTHENTICATED";
      }),
    );
  });

  test("of the old key is taken beside the new one's while both are listed", () => {
    const both = verifier({ keys: [TWO, ONE] });
    expect(both(signCall(ONE, call, NOW))).toBe("taken");
    expect(both(signCall(TWO, call, NOW))).toBe("taken");
    expect(verifier({ keys: [TWO] })(signCall(ONE, call, NOW))).toBe("UNAUTHENTICATED");
  });
});

describe("the memory of signatures", () => {
  test("lasts as long as a signature made by a clock that is ahead", () => {
    let now = NOW;
    const verify = verifier({ now: () => now });
    const header = signCall(ONE, call, NOW + 30_000);
    expect(verify(header)).toBe("taken");
    for (now = NOW; now <= NOW + 61_000; now += 500) expect(verify(header)).toBe("UNAUTHENTICATED");
  });

  test("is bounded, refuses what it cannot remember, and frees itself", () => {
    let now = NOW;
    const verify = verifier({ now: () => now, mostNonces: 2 });
    expect(verify(signCall(ONE, call, now))).toBe("taken");
    expect(verify(signCall(ONE, call, now))).toBe("taken");
    expect(verify(signCall(ONE, call, now))).toBe("SUBGRAPH_UNAVAILABLE");
    now += 61_001;
    expect(verify(signCall(ONE, call, now))).toBe("taken");
  });

  test("is not filled by signatures that prove nothing", () => {
    const verify = verifier({ mostNonces: 1 });
    for (let count = 0; count < 10; count++) verify(signCall({ ...TWO, id: "one" }, call, NOW));
    expect(verify(signCall(ONE, call, NOW))).toBe("taken");
  });
});

describe("the signature of an upload", () => {
  const head = { path: "/files", length: undefined, fileName: "a.csv", merchantId: "mer_a" };
  const upload = { ...call, content: streamDigest(head) };

  test.each([
    ["file name", { ...head, fileName: "b.csv" }],
    ["merchant", { ...head, merchantId: "mer_b" }],
    ["length", { ...head, length: "3" }],
    ["path", { ...head, path: "/other" }],
  ])("is for one %s", (_, other) => {
    const header = signCall(ONE, upload, NOW);
    expect(verifier()(header, { ...upload, content: streamDigest(other) })).toBe("UNAUTHENTICATED");
    expect(verifier()(header, upload)).toBe("taken");
  });

  test("does not pass for that of a body", () => {
    expect(verifier()(signCall(ONE, upload, NOW), call)).toBe("UNAUTHENTICATED");
  });
});
