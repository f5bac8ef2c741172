import { maskCards } from "../../shared/card-detector.ts";
import { AppError } from "../../shared/errors.ts";
import type { PaymentFacts, ProviderEvent } from "../../shared/event.ts";
import type { FamilyModules } from "../../shared/family-module.ts";
import { PREFIXES, stableId, transactionId } from "../../shared/ids.ts";
import { keptHash } from "../../shared/store/content-recipe.ts";
import type { CopyWriter } from "../../shared/store/copy-writer.ts";
import type { LineSums } from "../../shared/store/line-sums.ts";
import { businessDateOf } from "../../shared/time.ts";
import type { EventKind, TransactionType } from "../../shared/vocabulary.ts";
import { createGroupIds } from "./group-ids.ts";
import type { Place } from "./placement.ts";
import { type Fact, writeBooked, writeReported } from "./write-facts.ts";

/** Where the rows of a file go: those that only book money, with what they sum to, and those that report. */
export type StagingWriters = { readonly lines: CopyWriter; readonly sums: LineSums; readonly reports: CopyWriter };

export type Stager = {
  /** Writes one event to where it belongs. Throws AppError where it is not whole; nothing of it is written then. */
  readonly stage: (event: ProviderEvent, line: number, place: Place, writers: StagingWriters) => void;
  /** Names of the batches and payouts so far, by id. */
  readonly groupNames: ReadonlyMap<string, string>;
};

/**
 * Turns events of one file into rows of the staging tables. It counts equal rows that have no identity of their own,
 * since two identical purchases are two facts: one stager per file.
 */
export function createStager(families: FamilyModules): Stager {
  const nextOccurrence = createCounter();
  const groups = createGroupIds();
  return {
    stage: (event, line, place, { lines, sums, reports }) => {
      const { payment = NO_PAYMENT, originalReference, booking } = event;
      const { merchantId } = place;
      const type = TYPE_OF_KIND[event.kind] ?? null;
      const fact: Fact = {
        event,
        payment,
        normalised: families[event.family].normalise(event),
        merchantId,
        batchId: booking ? groups.batch(event, merchantId, booking) : null,
        payoutId: booking ? groups.payout(event, merchantId, booking) : null,
        type,
        isAbout: type !== null || ADDS_TO_ANOTHER.includes(event.kind),
        originalId: originalReference === undefined ? null : idOf(event, place, originalReference),
      };
      const onlyBooks = booking !== undefined && event.outcome === undefined;
      const writer = onlyBooks ? lines : reports;
      try {
        writeBooked(writer, fact);
        if (!onlyBooks) writeReported(writer, fact);
        writePlaced(writer, { event, line, place, onlyBooks, nextOccurrence });
      } catch (error) {
        writer.dropRow();
        throw error;
      }
      writer.endRow();
      if (onlyBooks) sums.add(fact, booking, line);
    },
    groupNames: groups.names,
  };
}

type Placed = {
  readonly event: ProviderEvent;
  readonly line: number;
  readonly place: Place;
  readonly onlyBooks: boolean;
  readonly nextOccurrence: (contentHash: string) => number;
};

/**
 * A row's content is everything we keep of it. Where it was taken is our mapping, not what the row says: mapping a
 * terminal later must not make it another fact, so these columns come after the hash.
 */
function writePlaced(writer: CopyWriter, { event, line, place, onlyBooks, nextOccurrence }: Placed): void {
  const contentHash = writer.hashRow();
  const key = factKey(event, contentHash, nextOccurrence);
  const transaction = transactionIdOf(event, place, key);
  if (transaction === null && !onlyBooks) throw aboutNone(event);
  writer.text(keptHash(contentHash));
  writer.text(key);
  writer.count(line);
  writer.text(place.merchantId);
  writer.text(transaction);
  writer.text(businessDateOf(event.occurredAt.at, place.zone));
  writer.text(place.locationId);
  writer.text(place.terminalId);
  writer.text(terminalNumber(event));
  if (onlyBooks) return;
  const known = event.reference ?? event.localReference ?? key;
  writer.text(event.payment?.transactionNumber ?? known);
  writer.text(known);
}

function aboutNone({ rawStatus }: ProviderEvent): AppError {
  return new AppError(
    "INVALID_INPUT",
    `"${rawStatus}" is reported of a transaction, and not of which: the row needs the provider's reference of it`,
  );
}

/** References are made of it, and those are kept as they are: a card in its place would come in by them. */
function terminalNumber({ terminal }: ProviderEvent): string | null {
  if (terminal === undefined) return null;
  if (maskCards(terminal).found === 0) return terminal;
  throw new AppError("INVALID_INPUT", "a card number stands for the terminal's: ask the sender for the terminal's own");
}

/** Counts equal contents: 1 for the first of them. */
function createCounter(): (contentHash: string) => number {
  const seen = new Map<string, number>();
  return (contentHash) => {
    const occurrence = (seen.get(contentHash) ?? 0) + 1;
    seen.set(contentHash, occurrence);
    return occurrence;
  };
}

/** The transaction type that an event of this kind brings into being; undefined where it only adds to another. */
const TYPE_OF_KIND: Partial<Record<EventKind, TransactionType>> = {
  SALE: "SALE",
  AUTHORISATION: "SALE",
  REFUND: "REFUND",
  CHARGEBACK: "CHARGEBACK",
  SECOND_CHARGEBACK: "CHARGEBACK",
  CHARGEBACK_REVERSAL: "CHARGEBACK_REVERSAL",
  CREDIT: "CREDIT",
};

/** Events that are about a transaction without bringing one into being. */
const ADDS_TO_ANOTHER: readonly EventKind[] = ["CAPTURE", "CANCELLATION", "REFUND_REVERSAL"];

function factKey(event: ProviderEvent, contentHash: string, nextOccurrence: Placed["nextOccurrence"]): string {
  const scope = `${event.provider}\n${event.account ?? event.terminal ?? ""}`;
  const identity = event.identity ?? `${contentHash}\n${nextOccurrence(contentHash)}`;
  return stableId(PREFIXES.event, scope, identity).slice(PREFIXES.event.length + 1);
}

/** The transaction the event is about; one without a reference is named by the one event that tells of it. */
function transactionIdOf(event: ProviderEvent, place: Place, key: string): string | null {
  const isOwn = TYPE_OF_KIND[event.kind] !== undefined;
  if (!isOwn && !ADDS_TO_ANOTHER.includes(event.kind)) return null;
  if (event.reference !== undefined) return idOf(event, place, event.reference);
  return isOwn ? idOf(event, place, `local\n${event.localReference ?? key}`) : null;
}

function idOf({ family, provider }: ProviderEvent, place: Place, reference: string): string {
  return transactionId(family, provider, place.merchantId, reference);
}

const NO_PAYMENT: PaymentFacts = {};
