export const SAMPLE_STATES = ["ABSENT", "LOADING", "LOADED"] as const;
export type SampleState = (typeof SAMPLE_STATES)[number];

/** The merchant of the samples, for processes that have it to give: those of development. */
export type SampleWorkspace = {
  readonly merchantId: string;
  /** SHA-256 of each file that is a sample; whatever else came in at the merchant is somebody's own. */
  readonly hashes: readonly string[];
  /** Who belongs to the samples; whoever else is at the merchant came by themselves. */
  readonly users: readonly string[];
  readonly state: () => Promise<SampleState>;
  /** Registers the merchant, lets its people in and takes its files in; what is there already stays. */
  readonly load: () => Promise<void>;
};
