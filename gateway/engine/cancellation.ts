/** What somebody does when work that is under way is no longer wanted. */
type Stop = (reason: unknown) => void;

/**
 * Says that work is no longer wanted, as an AbortSignal does. A request makes one and hands it to all that it starts; a
 * signal, which the garbage collector of Node 20 is slow to be rid of (it copies each, and all that it holds, out of the
 * young generation), is only made for those who ask for one.
 */
export class Cancellation {
  private isAborted = false;
  private why: unknown;
  private readonly stops = new Set<Stop>();
  private controller: AbortController | undefined;

  /** One that `signal` aborts; `letGo` of it ends that. */
  static following(signal: AbortSignal | undefined): { readonly cancellation: Cancellation; letGo(): void } {
    const cancellation = new Cancellation();
    if (!signal) return { cancellation, letGo: () => undefined };
    const abort = () => cancellation.abort(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
    return { cancellation, letGo: () => signal.removeEventListener("abort", abort) };
  }

  get aborted(): boolean {
    return this.isAborted;
  }

  get reason(): unknown {
    return this.why;
  }

  /** The same for those who know only signals. */
  get signal(): AbortSignal {
    if (!this.controller) {
      this.controller = new AbortController();
      if (this.isAborted) this.controller.abort(this.why);
    }
    return this.controller.signal;
  }

  /** The first reason counts. */
  abort(reason: unknown = new DOMException("This operation was aborted", "AbortError")): void {
    if (this.isAborted) return;
    this.isAborted = true;
    this.why = reason;
    for (const stop of [...this.stops]) stop(reason);
    this.stops.clear();
    this.controller?.abort(reason);
  }

  /** Calls `stop` once it is aborted, unless `forget` comes first. */
  onAbort(stop: Stop): void {
    if (this.isAborted) stop(this.why);
    else this.stops.add(stop);
  }

  forget(stop: Stop): void {
    this.stops.delete(stop);
  }

  throwIfAborted(): void {
    if (this.isAborted) throw this.why;
  }
}
