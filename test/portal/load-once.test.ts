import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { loadOnce, readable, readNow } from "../../portal/language/load-once.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("what is loaded once is given from then on, and can be read at once", async () => {
  const load = vi.fn(async () => "texts");
  const texts = loadOnce(load);
  expect(readNow(texts())).toBeUndefined();
  await texts();
  expect(texts()).toBe(texts());
  // What React's `use` looks at.
  expect(texts()).toMatchObject({ status: "fulfilled", value: "texts" });
  expect(readNow(texts())).toBe("texts");
  expect(load).toHaveBeenCalledOnce();
});

test("what failed fails for a while, so that it can be said, and is then loaded again", async () => {
  const load = vi.fn(async () => "texts").mockRejectedValueOnce(new Error("no way there"));
  const texts = loadOnce(load);
  await expect(texts()).rejects.toThrow("no way there");
  await vi.advanceTimersByTimeAsync(500);
  await expect(texts()).rejects.toThrow("no way there");
  expect(load).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(600);
  await expect(texts()).resolves.toBe("texts");
});

test("a promise that fails is still its own to tell", async () => {
  const lost = readable(Promise.reject(new Error("lost")));
  await expect(lost).rejects.toThrow("lost");
  expect(readNow(lost)).toBeUndefined();
});
