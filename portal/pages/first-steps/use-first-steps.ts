import { use, useEffect } from "react";
import {
  BroughtFilesDocument,
  OwnPeopleDocument,
  SamplesDocument,
  type SamplesQuery,
} from "../../generated/pages/first-steps/first-steps.ts";
import { useGraph } from "../../graph/use-graph.ts";
import { RefreshViewerContext, useMay, useMerchantsWith, useViewer } from "../../graph/viewer.tsx";

/** Steps tick themselves while the page stands open. */
const EVERY_MS = 4_000;

export type FirstStepsState = {
  readonly isKnown: boolean;
  /** Null where the server has none to give, or not to this person. */
  readonly samples: SamplesQuery["sampleData"];
  /** Whom the person administrates, by the id that changes of the samples are asked for with. */
  readonly administrated: string;
  /** Whether there is a merchant that people can be invited to. */
  readonly hasMerchant: boolean;
  readonly mayInvite: boolean;
  readonly hasFile: boolean;
  readonly isDelivered: boolean;
  readonly hasPeople: boolean;
  readonly reload: () => void;
};

/** What has happened of all that a merchant begins with. */
export function useFirstSteps(): FirstStepsState {
  const { id: me } = useViewer();
  const mayInvite = useMay("USERS", "MANAGE");
  const merchants = useMerchantsWith("USERS", "MANAGE");
  const refresh = use(RefreshViewerContext);
  const sampled = useGraph(SamplesDocument, {}, { pause: !mayInvite });
  const samples = sampled.data?.sampleData ?? null;
  // Their own merchant is what people come for; that of the samples stands in until there is one.
  const own = merchants.find(({ id }) => id !== samples?.merchantId) ?? merchants[0];
  const files = useGraph(BroughtFilesDocument, {});
  const people = useGraph(OwnPeopleDocument, { merchantId: own?.id ?? "" }, { pause: !own });
  const reload = () => {
    for (const asked of [sampled, files, people]) asked.reload();
  };
  const isOpen = merchants.some(({ id }) => id === samples?.merchantId);
  const isThere = samples !== null && samples.state !== "ABSENT";
  // biome-ignore lint/correctness/useExhaustiveDependencies: what asks again is the same all the time
  useEffect(() => {
    const timer = setInterval(() => {
      reload();
      // Their merchant comes and goes with the samples.
      if (samples && isOpen !== isThere) refresh();
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [samples, isOpen, isThere, refresh]);
  const origins = (files.data?.settlementFiles?.edges ?? []).map(({ node }) => node.origin);
  const some = (page: { readonly edges: readonly unknown[] } | null | undefined) => (page?.edges.length ?? 0) > 0;
  return {
    isKnown: isAnswered(files) && (!mayInvite || isAnswered(sampled)),
    samples,
    administrated: merchants[0]?.id ?? PLATFORM,
    hasMerchant: own !== undefined,
    mayInvite,
    hasFile: origins.some((origin) => origin !== "SAMPLES"),
    isDelivered: origins.includes("INBOX") || some(files.data?.webhookDeliveries) || some(people.data?.machines),
    hasPeople:
      some(people.data?.invitations) ||
      (people.data?.users?.edges ?? []).some(({ node }) => node.id !== me && !node.id.startsWith("demo:")),
    reload,
  };
}

const PLATFORM = "platform";

function isAnswered({ data, error }: { readonly data: unknown; readonly error: unknown }): boolean {
  return data !== undefined || error !== undefined;
}
