import type {
  PaymentType,
  ReconciliationState,
  SettlementState,
  StatusOrigin,
  TransactionStatus,
  TransactionType,
} from "../../shared/vocabulary.ts";
import type { ExportColumn } from "../exports/export-columns.ts";
import type { JournalColumn } from "../exports/journal-bookings.ts";

export const EXPORT_LOCALES = ["EN", "FR", "NL", "DE"] as const;
export type ExportLocale = (typeof EXPORT_LOCALES)[number];

/** In the order of `EXPORT_LOCALES`. */
type Words = readonly [en: string, fr: string, nl: string, de: string];

export const COLUMN_WORDS: Readonly<Record<ExportColumn, Words>> = {
  DATE: ["Date", "Date", "Datum", "Datum"],
  UTC_OFFSET: ["UTC offset", "Décalage UTC", "UTC-verschil", "UTC-Versatz"],
  LOCATION: ["Location", "Site", "Locatie", "Standort"],
  DEVICE: ["Device/application", "Appareil/application", "Apparaat/applicatie", "Gerät/Anwendung"],
  PAYMENT_TYPE: ["Payment type", "Type de paiement", "Betaaltype", "Zahlungsart"],
  PAYMENT_METHOD: ["Payment method", "Moyen de paiement", "Betaalmethode", "Zahlungsmittel"],
  TRANSACTION_NUMBER: ["Transaction number", "Numéro de transaction", "Transactienummer", "Transaktionsnummer"],
  MERCHANT_REFERENCE: ["Merchant reference", "Référence du commerçant", "Referentie handelaar", "Händlerreferenz"],
  AUTHORISATION_CODE: ["Authorisation code", "Code d’autorisation", "Autorisatiecode", "Autorisierungscode"],
  STATUS: ["Status", "Statut", "Status", "Status"],
  AMOUNT: ["Amount", "Montant", "Bedrag", "Betrag"],
  CURRENCY: ["Currency", "Devise", "Valuta", "Währung"],
  TYPE: ["Type", "Type", "Soort", "Art"],
  STATUS_ORIGIN: ["Status origin", "Origine du statut", "Herkomst status", "Herkunft des Status"],
  EVER_MANUAL: ["Ever manual", "Déjà manuel", "Ooit handmatig", "Je manuell"],
  PROVIDER: ["Provider", "Prestataire", "Aanbieder", "Anbieter"],
  BRAND: ["Brand", "Marque", "Merk", "Marke"],
  LAST4: ["Last 4", "4 derniers", "Laatste 4", "Letzte 4"],
  CAPTURED: ["Captured", "Encaissé", "Geïncasseerd", "Eingezogen"],
  REFUNDED: ["Refunded", "Remboursé", "Terugbetaald", "Erstattet"],
  CHARGED_BACK: ["Charged back", "Rétrofacturé", "Teruggevorderd", "Zurückgebucht"],
  FEES: ["Fees", "Frais", "Kosten", "Gebühren"],
  NET: ["Net", "Net", "Netto", "Netto"],
  SETTLEMENT_CURRENCY: ["Settlement currency", "Devise de règlement", "Afrekenvaluta", "Abrechnungswährung"],
  SETTLEMENT_STATE: ["Settlement", "Règlement", "Afrekening", "Abrechnung"],
  RECONCILIATION_STATE: ["Reconciliation", "Rapprochement", "Reconciliatie", "Abgleich"],
  PAYOUT_REFERENCE: ["Payout reference", "Référence du versement", "Uitbetalingsreferentie", "Auszahlungsreferenz"],
  BUSINESS_DATE: ["Business date", "Jour comptable", "Boekdag", "Geschäftstag"],
  PROVIDER_REFERENCE: ["Provider reference", "Référence du prestataire", "Referentie aanbieder", "Anbieterreferenz"],
  TRANSACTION_ID: ["Transaction id", "Id de transaction", "Transactie-id", "Transaktions-ID"],
  ORIGINAL_ID: ["Original id", "Id d’origine", "Id origineel", "Ursprungs-ID"],
  MERCHANT_ID: ["Merchant id", "Id du commerçant", "Handelaar-id", "Händler-ID"],
  LOCATION_ID: ["Location id", "Id du site", "Locatie-id", "Standort-ID"],
  TERMINAL_ID: ["Terminal id", "Id du terminal", "Terminal-id", "Terminal-ID"],
};

export const JOURNAL_WORDS: Readonly<Record<JournalColumn, Words>> = {
  DATE: ["Date", "Date", "Datum", "Datum"],
  ACCOUNT: ["Account", "Compte", "Rekening", "Konto"],
  REFERENCE: ["Reference", "Référence", "Referentie", "Referenz"],
  DEBIT: ["Debit", "Débit", "Debet", "Soll"],
  CREDIT: ["Credit", "Crédit", "Credit", "Haben"],
  CURRENCY: ["Currency", "Devise", "Valuta", "Währung"],
  FEE: ["Fee", "Frais", "Kosten", "Gebühr"],
  PAYOUT_REFERENCE: ["Payout reference", "Référence du versement", "Uitbetalingsreferentie", "Auszahlungsreferenz"],
  PROVIDER: ["Provider", "Prestataire", "Aanbieder", "Anbieter"],
  MERCHANT_REFERENCE: ["Merchant reference", "Référence du commerçant", "Referentie handelaar", "Händlerreferenz"],
  LINE_ID: ["Settlement line", "Ligne de règlement", "Afrekeningsregel", "Abrechnungszeile"],
  MERCHANT_ID: ["Merchant id", "Id du commerçant", "Handelaar-id", "Händler-ID"],
};

/** What a file tells about itself. */
export const FACT_WORDS = {
  transactions: ["Transactions", "Transactions", "Transacties", "Transaktionen"],
  journal: ["Journal", "Journal", "Journaal", "Journal"],
  period: ["Period", "Période", "Periode", "Zeitraum"],
  debit: ["debit", "débit", "debet", "Soll"],
  credit: ["credit", "crédit", "credit", "Haben"],
  about: ["About this file", "À propos de ce fichier", "Over dit bestand", "Über diese Datei"],
  exportId: ["Export", "Export", "Export", "Export"],
  madeAt: ["Made at", "Établi le", "Gemaakt op", "Erstellt am"],
  asOf: ["As it was at", "Tel qu’au", "Zoals op", "Stand vom"],
  madeBy: ["Made by", "Établi par", "Gemaakt door", "Erstellt von"],
  merchants: ["Merchants", "Commerçants", "Handelaars", "Händler"],
  locations: ["Locations", "Sites", "Locaties", "Standorte"],
  filter: ["Filter", "Filtre", "Filter", "Filter"],
  order: ["Order", "Tri", "Volgorde", "Sortierung"],
  columns: ["Columns", "Colonnes", "Kolommen", "Spalten"],
  zone: ["Time zone", "Fuseau horaire", "Tijdzone", "Zeitzone"],
  coverage: ["Coverage", "Couverture", "Dekking", "Abdeckung"],
  rows: ["Rows", "Lignes", "Rijen", "Zeilen"],
  total: ["Total", "Total", "Totaal", "Summe"],
  everything: ["everything", "tout", "alles", "alles"],
  page: ["Page", "Page", "Pagina", "Seite"],
  count: ["transactions", "transactions", "transacties", "Transaktionen"],
  gross: ["turnover", "chiffre d’affaires", "omzet", "Umsatz"],
  refunded: ["refunded", "remboursé", "terugbetaald", "erstattet"],
  chargedBack: ["charged back", "rétrofacturé", "teruggevorderd", "zurückgebucht"],
  credited: ["credited", "crédité", "gecrediteerd", "gutgeschrieben"],
  pending: ["pending", "en attente", "in behandeling", "ausstehend"],
  fees: ["fees", "frais", "kosten", "Gebühren"],
  net: ["net", "net", "netto", "netto"],
} as const satisfies Record<string, Words>;

type Vocabulary =
  | TransactionStatus
  | TransactionType
  | StatusOrigin
  | PaymentType
  | SettlementState
  | ReconciliationState;

/** Values of the columns whose kind is `word`. */
const VALUE_WORDS: Readonly<Record<Vocabulary | "true" | "false", Words>> = {
  true: ["yes", "oui", "ja", "ja"],
  false: ["no", "non", "nee", "nein"],
  PROCESSING: ["processing", "en cours", "in verwerking", "in Bearbeitung"],
  SUCCESS: ["success", "réussie", "geslaagd", "erfolgreich"],
  FAILED: ["failed", "échouée", "mislukt", "fehlgeschlagen"],
  REFUSED: ["refused", "refusée", "geweigerd", "abgelehnt"],
  MANUAL_INTERVENTION: ["manual intervention", "intervention manuelle", "handmatige actie", "manueller Eingriff"],
  CANCELLED: ["cancelled", "annulée", "geannuleerd", "storniert"],
  REFUNDED: ["refunded", "remboursée", "terugbetaald", "erstattet"],
  CHARGEBACK: ["chargeback", "rétrofacturation", "chargeback", "Rückbuchung"],
  SALE: ["sale", "vente", "verkoop", "Verkauf"],
  REFUND: ["refund", "remboursement", "terugbetaling", "Erstattung"],
  CHARGEBACK_REVERSAL: [
    "chargeback reversal",
    "annulation de rétrofacturation",
    "terugdraaiing chargeback",
    "Rückbuchung aufgehoben",
  ],
  CREDIT: ["credit", "crédit", "creditering", "Gutschrift"],
  AUTOMATIC: ["automatic", "automatique", "automatisch", "automatisch"],
  MANUAL: ["manual", "manuel", "handmatig", "manuell"],
  DEBIT_CARD: ["debit card", "carte de débit", "debetkaart", "Debitkarte"],
  CREDIT_CARD: ["credit card", "carte de crédit", "kredietkaart", "Kreditkarte"],
  CARD: ["card", "carte", "kaart", "Karte"],
  VOUCHER: ["voucher", "chèque", "cheque", "Gutschein"],
  WALLET: ["wallet", "portefeuille", "wallet", "Wallet"],
  BANK_TRANSFER: ["bank transfer", "virement", "overschrijving", "Überweisung"],
  OTHER: ["other", "autre", "andere", "andere"],
  UNSETTLED: ["not settled", "non réglée", "niet afgerekend", "nicht abgerechnet"],
  SETTLED: ["settled", "réglée", "afgerekend", "abgerechnet"],
  PAID_OUT: ["paid out", "versée", "uitbetaald", "ausgezahlt"],
  EXTERNAL: ["external", "externe", "extern", "extern"],
  NOT_EXPECTED: ["not expected", "non attendue", "niet verwacht", "nicht erwartet"],
  EXPECTED: ["expected", "attendue", "verwacht", "erwartet"],
  MATCHED: ["matched", "rapprochée", "gematcht", "zugeordnet"],
  PARTIAL: ["partial", "partielle", "gedeeltelijk", "teilweise"],
  AMBIGUOUS: ["ambiguous", "ambiguë", "dubbelzinnig", "mehrdeutig"],
  DISCREPANT: ["discrepant", "en écart", "afwijkend", "abweichend"],
  MISSING: ["missing", "manquante", "ontbreekt", "fehlt"],
};

export function inLocale(words: Words, locale: ExportLocale): string {
  return words[EXPORT_LOCALES.indexOf(locale)] ?? words[0];
}

/** A word of the vocabulary, or what it is where there is none for it. */
export function valueWord(value: string, locale: ExportLocale): string {
  const words = (VALUE_WORDS as Readonly<Record<string, Words>>)[value];
  return words === undefined ? value : inLocale(words, locale);
}
