import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Poll } from "./poll.svelte";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("asks twice a second while it runs, and not once it was stopped", async () => {
  const ask = vi.fn(async () => 7);
  const poll = new Poll(ask);
  const stop = poll.start();
  await vi.advanceTimersByTimeAsync(2010);
  expect(ask).toHaveBeenCalledTimes(5);
  expect(poll.latest).toBe(7);
  stop();
  await vi.advanceTimersByTimeAsync(5000);
  expect(ask).toHaveBeenCalledTimes(5);
});

it("keeps the last answer when the next one fails, says why, and recovers", async () => {
  let fails = false;
  const poll = new Poll(async () => {
    if (fails) throw { code: "storage", message: "The disk is gone.", remedy: "Plug it in." };
    return "fine";
  });
  poll.start();
  await vi.advanceTimersByTimeAsync(10);
  fails = true;
  await vi.advanceTimersByTimeAsync(3100);
  expect(poll.latest).toBe("fine");
  expect(poll.fault?.message).toBe("The disk is gone.");
  expect(poll.stale).toBe(true);
  fails = false;
  await vi.advanceTimersByTimeAsync(600);
  expect(poll.fault).toBeNull();
  expect(poll.stale).toBe(false);
});

it("gives an answer up after 3 s and asks again, never twice at once", async () => {
  let underWay = 0;
  let most = 0;
  const poll = new Poll(
    () =>
      new Promise<number>((resolve) => {
        most = Math.max(most, ++underWay);
        setTimeout(() => (underWay--, resolve(1)), 3400);
      }),
  );
  poll.start();
  for (let n = 0; n < 40; n += 1) {
    poll.refresh();
    await vi.advanceTimersByTimeAsync(70);
  }
  expect(most).toBe(1);
  await vi.advanceTimersByTimeAsync(300);
  expect(poll.fault?.code).toBe("timeout");
});
