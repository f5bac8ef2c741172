import { Random } from "../../../simulator/random.ts";
import { type BusinessState, readBusinessState } from "../../support/business-state.ts";
import type { Crash } from "./crash.ts";
import type { CrashProcess, CrashSite } from "./crash-site.ts";
import { type Ask, ask } from "./people.ts";
import { journal, report } from "./trade.ts";

type Point = Crash["points"][number];

/** Points that a worker passes, and how often it is sure to with two new files. */
export const WORKER_POINTS = {
  after_job_taken_before_work: 4,
  after_file_lease: 2,
  mid_chunk: 2,
  after_lines_before_control_total: 2,
  before_file_commit: 2,
  after_file_commit_before_ack: 2,
  after_outbox_publish_before_mark: 2,
  after_run_lease: 1,
  after_partition_lock: 1,
  after_match_before_event: 1,
  before_partition_commit: 1,
  after_partition_commit_before_ack: 1,
  before_run_finish: 1,
} as const satisfies Partial<Record<Point, number>>;

/** Points that a gateway passes, and what a person then waits for an answer to. */
export const GATEWAY_POINTS = {
  after_file_stored: ["UPLOAD"],
  after_audit_before_commit: ["COMMENT", "RUN"],
  after_response_before_flush: ["COMMENT", "UPLOAD", "RUN"],
} as const satisfies Partial<Record<Point, readonly Ask["kind"][]>>;

type WorkerKill = { readonly point: keyof typeof WORKER_POINTS; readonly nth: number };
type GatewayKill = { readonly point: keyof typeof GATEWAY_POINTS; readonly kind: Ask["kind"] };

/** What happens at one site. Two schedules of the same lengths are fed the same, whatever dies when. */
export type Schedule = { readonly workers: readonly WorkerKill[]; readonly gateways: readonly GatewayKill[] };

/** So many schedules, in which each point has so many kills together. */
export function schedulesOf(seed: number, count: number, kills: { readonly worker: number; readonly gateway: number }) {
  const random = new Random(seed);
  const workers = Object.entries(WORKER_POINTS).flatMap(([point, most]) =>
    Array.from({ length: kills.worker }, () => ({ point: point as WorkerKill["point"], nth: random.int(1, most) })),
  );
  // People ask for the same at each site, so that all end the same.
  const gateways = Object.entries(GATEWAY_POINTS).flatMap(([point, kinds]) =>
    Array.from({ length: kills.gateway / count }, (_, index) => ({
      point: point as GatewayKill["point"],
      kind: kinds[index % kinds.length]!,
    })),
  );
  const shuffled = shuffle(random, workers);
  return Array.from(
    { length: count },
    (_, number): Schedule => ({
      workers: shuffled.filter((_, index) => index % count === number),
      gateways,
    }),
  );
}

function shuffle<T>(random: Random, items: readonly T[]): T[] {
  const left = [...items];
  return items.map(() => left.splice(random.int(0, left.length - 1), 1)[0]!);
}

/** What there is before anything dies: discrepancies for people to note something about. */
async function openBooks(site: CrashSite): Promise<readonly string[]> {
  for (let number = 0; number < DISPUTED; number++) {
    await site.feed(journal(number));
    await site.feed(report(number, { altered: true }));
  }
  const worker = site.startWorker();
  await worker.says(/the worker works/);
  await site.untilDone();
  worker.signal("SIGTERM");
  await worker.ended();
  const rows = await site.query<{ id: string }>(
    "select id from reconciliation.discrepancy where state = 'OPEN' order by id",
  );
  if (rows.length < DISPUTED) throw new Error(`there are ${rows.length} discrepancies and not ${DISPUTED}`);
  return rows.map(({ id }) => id);
}

const DISPUTED = 3;

/** Everything that is fed and asked for by a schedule, and nothing dies. */
export async function workUndisturbed(site: CrashSite, schedule: Schedule): Promise<BusinessState> {
  const discrepancies = await openBooks(site);
  for (const number of schedule.workers.keys()) await feedPair(site, number);
  const gateway = site.startGateway();
  const url = await urlOf(gateway);
  for (const [number, { kind }] of schedule.gateways.entries()) {
    await ask(url, askOf(kind, number, discrepancies));
  }
  gateway.signal("SIGKILL");
  await finish(site);
  return readBusinessState(site.url);
}

export type Disturbed = { readonly kills: ReadonlyMap<string, number>; readonly answers: readonly string[] };

/** Kills at each point of the schedule in turn. Gives how often which point was died at, and what people were answered. */
export async function workThroughKills(
  site: CrashSite,
  { workers, gateways }: Schedule,
  between: (number: number) => Promise<void> = async () => undefined,
): Promise<Disturbed> {
  const discrepancies = await openBooks(site);
  const kills = new Map<string, number>();
  const killed = (point: string, signal: NodeJS.Signals | null) => {
    if (signal !== "SIGKILL") throw new Error(`it was to be killed at ${point}, and ended by ${signal}`);
    kills.set(point, (kills.get(point) ?? 0) + 1);
  };
  const killWorkers = async () => {
    for (const [number, { point, nth }] of workers.entries()) {
      await feedPair(site, number);
      const worker = site.startWorker({ points: [point], way: "KILL", nth });
      killed(point, await worker.ended());
      await between(number);
    }
  };
  const answers: string[] = [];
  const killGateways = async () => {
    const living = site.startGateway();
    const lasting = await urlOf(living);
    for (const [number, { point, kind }] of gateways.entries()) {
      const asked = askOf(kind, number, discrepancies);
      const gateway = site.startGateway({ points: [point], way: "KILL", nth: 1 });
      const lost = await asking(gateway, await urlOf(gateway), asked);
      killed(point, await gateway.ended());
      if (lost !== undefined) throw new Error(`a gateway that died at ${point} answered ${lost}`);
      const [answer, again] = [await asking(living, lasting, asked), await asking(living, lasting, asked)];
      if (answer === undefined || answer !== again) throw new Error(`asked again: ${again}, and before: ${answer}`);
      answers.push(answer);
    }
  };
  await Promise.all([killWorkers(), killGateways()]);
  await finish(site);
  return { kills, answers };
}

/** Like `ask`; what the gateway told of its own trouble goes with the failure. */
async function asking(gateway: CrashProcess, url: string, asked: Ask): Promise<string | undefined> {
  return ask(url, asked).catch((error: unknown) => {
    const told = gateway.log().filter((line) => Number(line["level"]) >= WARNING);
    throw new Error(`${error}; the gateway told:\n${told.map((line) => JSON.stringify(line)).join("\n")}`);
  });
}

const WARNING = 40;

async function feedPair(site: CrashSite, number: number): Promise<void> {
  await site.feed(journal(FIRST_PAIR + number));
  await site.feed(report(FIRST_PAIR + number));
}

const FIRST_PAIR = 100;
const FIRST_UPLOAD = 5_000;

function askOf(kind: Ask["kind"], number: number, discrepancies: readonly string[]): Ask {
  const key = `key-${number}`;
  if (kind === "UPLOAD") return { kind, content: journal(FIRST_UPLOAD + number) };
  if (kind === "RUN") return { kind, key };
  return { kind, key, discrepancyId: discrepancies[number % discrepancies.length] ?? "" };
}

async function urlOf(gateway: ReturnType<CrashSite["startGateway"]>): Promise<string> {
  const { url } = await gateway.says(/the gateway answers/);
  return String(url);
}

/** What is left after the last kill is done by a worker that lives. */
export async function finish(site: CrashSite): Promise<void> {
  const worker = site.startWorker();
  await worker.says(/the worker works/);
  await site.untilDone();
  worker.signal("SIGTERM");
  await worker.ended();
}
