import { setTimeout as delay } from "node:timers/promises";
import type { DataSource } from "typeorm";
import type { Log } from "../../shared/log.ts";
import { deliverNotices, forgetNotices } from "./deliver-notices.ts";
import { createSender } from "./send-notice.ts";

export type NotifierServices = {
  /** Opened in the role `worker`. */
  readonly database: DataSource;
  readonly log: Log;
  /** Whether endpoints may be in a private network, and without TLS. */
  readonly allowPrivate: boolean;
};

/** Sends what the merchants' systems are to be told until closed. Any number may run: what one takes no other has. */
export function startNotifier({ database, log, allowPrivate }: NotifierServices): {
  readonly close: () => Promise<void>;
} {
  const sender = createSender({ allowPrivate });
  const stop = new AbortController();
  const running = (async () => {
    for (let round = 0; !stop.signal.aborted; round += 1) {
      const sent = await deliverNotices(database, sender).catch((error: unknown) => {
        log.error({ err: error }, "telling the merchants' systems failed; it is tried again");
        return 0;
      });
      if (round % FORGET_EVERY === 0) {
        await forgetNotices(database).catch((error: unknown) =>
          log.error({ err: error }, "forgetting old notices failed"),
        );
      }
      if (sent === 0) await delay(LOOK_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();
  return {
    close: async () => {
      stop.abort();
      await running;
      await sender.close();
    },
  };
}

const LOOK_MS = 500;
const FORGET_EVERY = 7_200;
