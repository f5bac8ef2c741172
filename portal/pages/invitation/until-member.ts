import type { Client } from "urql";
import { ViewerDocument } from "../../generated/graph/viewer.ts";

const EVERY_MS = 500;
/** The graph keeps what somebody may see for up to five seconds. */
const MOST_TIMES = 16;

/** Waits until the graph shows somebody what they have joined. */
export async function untilMember(client: Client, merchantId: string): Promise<void> {
  for (let times = 0; times < MOST_TIMES; times += 1) {
    const { data } = await client.query(ViewerDocument, {});
    if (data?.viewer?.memberships?.some((each) => each.merchantId === merchantId)) return;
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}
