/** One call under way; the first word about it counts. */
export type Passage = {
  readonly succeeded: () => void;
  readonly failed: () => void;
  /** It ended without telling anything about the other side, for example because the client left. */
  readonly abandoned: () => void;
};

export type CircuitBreaker = {
  /** Lets a call pass, or gives undefined while the circuit is open. */
  readonly enter: () => Passage | undefined;
};

export type BreakerOptions = {
  /** So many failures in a row open the circuit. */
  readonly failuresInRow: number;
  /** So does this share of the calls in the window, once there are `leastCalls`. */
  readonly failureRate: number;
  readonly leastCalls: number;
  readonly windowMs: number;
  /** How long it stays open before one call may probe. */
  readonly pauseMs: number;
  readonly onChange: (state: "open" | "half-open" | "closed") => void;
  readonly now?: () => number;
};

/** Stops calls to a side that fails, so that nobody waits for it and it is left in peace; one probe at a time asks again. */
export function createCircuitBreaker(options: BreakerOptions): CircuitBreaker {
  const { pauseMs, onChange, now = Date.now } = options;
  let record = createRecord(options, now);
  /** When it opened; undefined while it is closed. */
  let openedAt: number | undefined;
  let isProbing = false;

  function open(): void {
    openedAt = now();
    onChange("open");
  }

  function settleCall(outcome: Outcome, mine: CallRecord): void {
    if (outcome === "abandoned") return;
    mine.add(outcome === "succeeded");
    // A straggler from before the circuit opened tells nothing of the time since.
    if (outcome === "failed" && mine === record && openedAt === undefined && mine.isBad()) open();
  }

  function settleProbe(outcome: Outcome): void {
    isProbing = false;
    if (outcome === "failed") open();
    if (outcome !== "succeeded") return;
    openedAt = undefined;
    record = createRecord(options, now);
    onChange("closed");
  }

  return {
    enter() {
      if (openedAt === undefined) return new FirstWord(settleCall, record);
      if (isProbing || now() - openedAt < pauseMs) return undefined;
      isProbing = true;
      onChange("half-open");
      return new FirstWord(settleProbe, record);
    },
  };
}

type Outcome = keyof Passage;
type CallRecord = ReturnType<typeof createRecord>;

/** One is made for each call, so it holds no closures. */
class FirstWord implements Passage {
  private isTold = false;

  constructor(
    private readonly settle: (outcome: Outcome, record: CallRecord) => void,
    /** Of the time when the call began. */
    private readonly record: CallRecord,
  ) {}

  succeeded(): void {
    this.tell("succeeded");
  }

  failed(): void {
    this.tell("failed");
  }

  abandoned(): void {
    this.tell("abandoned");
  }

  private tell(outcome: Outcome): void {
    if (this.isTold) return;
    this.isTold = true;
    this.settle(outcome, this.record);
  }
}

const SLICES = 10;

/** Outcomes of the last window, in slices of a tenth, so that memory does not grow with the calls. */
function createRecord(options: BreakerOptions, now: () => number) {
  const { failuresInRow, failureRate, leastCalls, windowMs } = options;
  const sliceMs = windowMs / SLICES;
  const slices: { index: number; calls: number; failures: number }[] = [];
  let inRow = 0;
  return {
    add(isGood: boolean): void {
      const index = Math.floor(now() / sliceMs);
      let slice = slices.at(-1);
      if (slice?.index !== index) {
        slice = { index, calls: 0, failures: 0 };
        slices.push(slice);
        while ((slices[0]?.index ?? index) <= index - SLICES) slices.shift();
      }
      slice.calls++;
      if (!isGood) slice.failures++;
      inRow = isGood ? 0 : inRow + 1;
    },
    isBad(): boolean {
      if (inRow >= failuresInRow) return true;
      const calls = slices.reduce((sum, slice) => sum + slice.calls, 0);
      const failures = slices.reduce((sum, slice) => sum + slice.failures, 0);
      return calls >= leastCalls && failures / calls >= failureRate;
    },
  };
}
