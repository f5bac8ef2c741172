import { Gauge, type Registry } from "prom-client";
import type { OpenStreams } from "../graphql/open-streams.ts";
import type { Admission } from "../overload/admission.ts";

export type Watched = {
  readonly admission: Admission;
  /** Operations over sockets and event streams. */
  readonly streams: OpenStreams;
  readonly connections: OpenStreams;
};

/** Tells what is under way at the moment that the numbers are read. */
export function watchUnderWay({ admission, streams, connections }: Watched, registers: Registry[]): void {
  gauge("concord_operations_in_flight", "Operations under way; subscriptions count until they are open.", () => {
    return admission.counts().inFlight;
  });
  gauge("concord_overload_level", "0: all is taken; 1 to 3: large lists, lists, single reads are turned away.", () => {
    return admission.counts().level;
  });
  gauge("concord_open_streams", "Operations open over sockets and event streams.", () => streams.count());
  gauge("concord_open_sockets", "Sockets whose client has signed in.", () => connections.count());

  function gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  }
}
