import { EventEmitter, on } from "node:events";
import type { SubgraphCaller } from "../../../gateway/engine/subgraph.ts";
import { inProcess, ordersSchemas } from "./orders-graph.ts";

/** The orders graph with a subgraph `orders` that tells its subscribers what the test emits. */
export function orderEvents(): {
  readonly callers: Record<string, SubgraphCaller>;
  /** Tells every subscriber that an order changed. */
  emit(id: string): void;
  /** How many subscriptions are open at the subgraph. */
  open(): number;
} {
  const events = new EventEmitter();
  const { orders, ...others } = inProcess(ordersSchemas());
  const subscribe: SubgraphCaller["subscribe"] = ({ signal }) => changes(events, signal);
  return {
    callers: {
      ...others,
      orders: Object.assign((request: Parameters<SubgraphCaller>[0]) => orders!(request), { subscribe }),
    },
    emit: (id) => events.emit("change", id),
    open: () => events.listenerCount("change"),
  };
}

async function* changes(events: EventEmitter, signal: AbortSignal) {
  for await (const [id] of on(events, "change", { signal })) {
    yield { data: { orderChanged: { __typename: "Order", id, note: `order ${id}` } } };
  }
}
