/** Variables the planner gives itself: a client's of that name would be defined twice in a subgraph query. */
const OWN_VARIABLE = /^(representations$|__batch_reps_|client__)/;
const OWN_ALIAS = /^(_internal_qp|client__)/;
const CLIENT_PREFIX = "client__";

/** What a client's variable is called in a plan. */
export function plannedVariable(name: string): string {
  return OWN_VARIABLE.test(name) ? CLIENT_PREFIX + name : name;
}

/**
 * What a client's alias is called in a plan and in the data. The planner takes a value under the name of a key for that
 * key, and so asks for another entity where a client has given the name to another field.
 */
export function plannedAlias(alias: string, field: string, keyNames: ReadonlySet<string>): string {
  const isOther = alias !== field && (keyNames.has(alias) || OWN_ALIAS.test(alias));
  return isOther ? CLIENT_PREFIX + alias : alias;
}

/** The client's own name for a variable or an alias of a plan. */
export function clientName(planned: string): string {
  return planned.startsWith(CLIENT_PREFIX) ? planned.slice(CLIENT_PREFIX.length) : planned;
}
