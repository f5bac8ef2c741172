/** How the figures came about, for whoever reads them without this folder. */
export const METHOD = [
  "Client, gateway and two processes of subgraphs share the machine's cores; every process is Node except Grafbase.",
  "All gateways are up at once and measured in turns, one at a time, in each round, each after 2,000 requests or 10 s of warming up.",
  "A closed loop of kept-alive connections; the variables of each request are random, so that no answer is shared.",
  "executed: the subgraphs are Apollo Servers, which use most of the CPU, so that rates lie closer than gateways do.",
  "written: the subgraphs write the same answers from compiled queries, and the gateway's one core bounds the rate.",
  "concord runs with signed calls, verified tokens, limits, a rate limit and metrics on; the others run bare.",
  "concord-bare is the same program as bare as they are, without those four; its limits and deadlines stay on.",
  "Ratios are given for both. Tokens can be left unverified here alone: `concord serve` always verifies them.",
  "floor-merge is a server written for this one query: four undici requests, JSON.parse, Object.assign, stringify.",
  "CPU is user and system time of the process over the turn, from /proc, divided by the answers in it.",
  "Figures are medians of the rounds. otherCores is what other processes of the machine took: near 0 when quiet.",
];
