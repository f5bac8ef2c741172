import { useEffect, useState } from "react";
import type { OperationResult } from "urql";
import { ViewerDocument, type ViewerQuery } from "../generated/graph/viewer.ts";
import { useGraph } from "./use-graph.ts";
import type { Viewer } from "./viewer.tsx";

const EVERY_MS = 20_000;

/**
 * Who is signed in, asked for again all the time: what somebody loses must go from the pages that stand open as well. An
 * answer that lacks something, because a part of the graph is away, takes nothing from anybody.
 */
export function useFollowedViewer(first: Promise<OperationResult<ViewerQuery>>) {
  const { data, error, fetching, reload } = useGraph(ViewerDocument, {}, { first });
  const [known, setKnown] = useState<Viewer>();
  const told = data?.viewer ?? undefined;
  if (told && !error && JSON.stringify(told) !== JSON.stringify(known)) setKnown(told);
  useEffect(() => {
    const timer = setInterval(reload, EVERY_MS);
    return () => clearInterval(timer);
  }, [reload]);
  return { viewer: known ?? told, fetching, reload };
}

/** As a text, what somebody may see and do where: it changes when that does. */
export function accessOf({ menus, actions, memberships }: Viewer): string {
  return JSON.stringify(memberships ?? [menus, actions]);
}
