import fc from "fast-check";
import { expect, test } from "vitest";
import type { ServerEvent } from "../../gateway/engine/event-reader.ts";
import { createEventReader } from "../../gateway/engine/event-reader.ts";

function readAll(pieces: readonly string[], maxCharacters = 10_000): ServerEvent[] {
  const read = createEventReader(maxCharacters);
  return pieces.flatMap((piece) => read(piece));
}

test("events are the same however they are cut into pieces and whichever line ends they have", () => {
  const line = fc.string({ maxLength: 12 }).map((text) => text.replace(/[\r\n]/g, ""));
  const event = fc.record({
    name: fc.constantFrom("next", "complete"),
    data: fc.array(line, { minLength: 1, maxLength: 3 }),
  });
  const property = fc.property(
    fc.array(event, { maxLength: 5 }),
    fc.constantFrom("\n", "\r\n", "\r"),
    fc.array(fc.nat(200), { maxLength: 20 }),
    (events, end, cuts) => {
      const lines = events.flatMap(({ name, data }) => [
        ":",
        `event: ${name}`,
        ...data.map((text) => `data: ${text}`),
        "",
      ]);
      const text = `${lines.map((each) => each + end).join("")}:${end}`;
      const places = [0, ...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length];
      const pieces = places.slice(1).map((place, index) => text.slice(places[index], place));
      expect(readAll(pieces)).toEqual(events.map(({ name, data }) => ({ name, data: data.join("\n") })));
    },
  );
  fc.assert(property, { numRuns: 500 });
});

test("an event that never ends is not kept beyond its bound, in one line or in many", () => {
  const endless = (piece: string) => () =>
    readAll(
      Array.from({ length: 200 }, () => piece),
      1_000,
    );
  expect(endless("data: xxxxxxxx")).toThrow("more than 1000 characters");
  expect(endless("data: xxxxxxxx\n")).toThrow("more than 1000 characters");
  expect(
    readAll(
      Array.from({ length: 200 }, () => "data: xxxxxxxx\n\n"),
      1_000,
    ),
  ).toHaveLength(200);
});
