/**
 * How the subgraphs answer. `executed`: real Apollo Servers, which burn more CPU than the gateways. `written`: from a
 * compiled query (see written-answers.ts), which leaves the gateway as the bound.
 */
export const ANSWERINGS = ["executed", "written"] as const;
export type Answering = (typeof ANSWERINGS)[number];
