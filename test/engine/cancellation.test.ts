import { expect, test, vi } from "vitest";
import { Cancellation } from "../../gateway/engine/cancellation.ts";

test("tells whoever waits, once, the first reason", () => {
  const cancellation = new Cancellation();
  const stop = vi.fn();
  cancellation.onAbort(stop);
  cancellation.abort("first");
  cancellation.abort("second");
  expect(stop.mock.calls).toEqual([["first"]]);
  expect(cancellation).toMatchObject({ aborted: true, reason: "first" });
  expect(() => cancellation.throwIfAborted()).toThrow("first");
});

test("tells at once whoever comes too late, and nobody who has let go", () => {
  const cancellation = new Cancellation();
  const [early, late] = [vi.fn(), vi.fn()];
  cancellation.onAbort(early);
  cancellation.forget(early);
  cancellation.abort("gone");
  cancellation.onAbort(late);
  expect(early).not.toHaveBeenCalled();
  expect(late.mock.calls).toEqual([["gone"]]);
});

test.each(["before", "after"])("its signal, asked for %s the abort, tells the same", (when) => {
  const cancellation = new Cancellation();
  if (when === "before") expect(cancellation.signal.aborted).toBe(false);
  cancellation.abort("gone");
  expect(cancellation.signal).toMatchObject({ aborted: true, reason: "gone" });
  expect(cancellation.signal).toBe(cancellation.signal);
});

test("without a reason it has that of an AbortController", () => {
  const cancellation = new Cancellation();
  cancellation.abort();
  expect(cancellation.reason).toMatchObject({ name: "AbortError" });
});

test("follows a signal until it lets go", () => {
  const controller = new AbortController();
  const { cancellation } = Cancellation.following(controller.signal);
  const other = Cancellation.following(controller.signal);
  other.letGo();
  controller.abort("left");
  expect(cancellation).toMatchObject({ aborted: true, reason: "left" });
  expect(other.cancellation.aborted).toBe(false);
  expect(Cancellation.following(controller.signal).cancellation.aborted).toBe(true);
});
