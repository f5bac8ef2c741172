import type { JsonObject } from "./json.ts";
import { isObject, readOwn, writeOwn } from "./json.ts";
import type { FetchNodePathSegment, FetchRewrite } from "./planner.ts";
import type { Supergraph } from "./supergraph.ts";

/** Changes an object in place; `typename` is what it is when the object does not say so itself. */
export type Rewrite = (value: unknown, typename: string | undefined) => void;

type Change = { readonly path: readonly FetchNodePathSegment[]; apply(object: JsonObject, key: string): void };

export function compileRewrites(
  rewrites: readonly FetchRewrite[] | undefined,
  supergraph: Supergraph,
): Rewrite | undefined {
  if (!rewrites?.length) return undefined;
  const changes = rewrites.map(changeOf);
  return (value, typename) => {
    for (const change of changes) walk(change, 0, value, typename, supergraph);
  };
}

/**
 * Nearly every input rewrite only renames the type of a representation (an interface object is asked for by the
 * interface's name). Gives that renaming as a function of the type, or undefined where a rewrite does more.
 */
export function typenameRewrite(
  rewrites: readonly FetchRewrite[] | undefined,
  supergraph: Supergraph,
): ((typename: string) => string) | undefined {
  const setters: { types: readonly string[]; name: string }[] = [];
  for (const rewrite of rewrites ?? []) {
    const setter = valueSetterOf(rewrite);
    const [type, key, ...deeper] = setter?.path ?? [];
    const isPlain =
      type && "TypenameEquals" in type && key && "Key" in key && key.Key === "__typename" && !deeper.length;
    if (!setter || !isPlain) return undefined;
    setters.push({ types: type.TypenameEquals, name: setter.setValueTo });
  }
  return (typename) => {
    const setter = setters.find(({ types }) => types.some((type) => supergraph.matches(type, typename)));
    return setter?.name ?? typename;
  };
}

/** New response names by the planner's own aliases, for paths of errors. */
export function renamedKeys(rewrites: readonly FetchRewrite[] | undefined): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const rewrite of rewrites ?? []) {
    if (!("KeyRenamer" in rewrite)) continue;
    const last = rewrite.KeyRenamer.path.at(-1);
    if (last && "Key" in last) names.set(last.Key, rewrite.KeyRenamer.renameKeyTo);
  }
  return names;
}

function valueSetterOf(rewrite: FetchRewrite): { path: FetchNodePathSegment[]; setValueTo: string } | undefined {
  if ("ValueSetter" in rewrite) return rewrite.ValueSetter;
  return "KeyRenamer" in rewrite ? undefined : rewrite;
}

function changeOf(rewrite: FetchRewrite): Change {
  if ("KeyRenamer" in rewrite) {
    const { path, renameKeyTo } = rewrite.KeyRenamer;
    return {
      path,
      apply(object, key) {
        if (!Object.hasOwn(object, key)) return;
        writeOwn(object, renameKeyTo, readOwn(object, key));
        delete object[key];
      },
    };
  }
  const setter = valueSetterOf(rewrite);
  return {
    path: setter?.path ?? [],
    apply(object, key) {
      writeOwn(object, key, setter?.setValueTo);
    },
  };
}

function walk(change: Change, at: number, value: unknown, typename: string | undefined, supergraph: Supergraph): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(change, at, item, undefined, supergraph);
    return;
  }
  const segment = change.path[at];
  if (!isObject(value) || segment === undefined) return;
  if ("TypenameEquals" in segment) {
    const actual = value["__typename"] ?? typename;
    const holds = segment.TypenameEquals.some((name) => supergraph.matches(name, String(actual)));
    if (holds) walk(change, at + 1, value, typename, supergraph);
  } else if (at === change.path.length - 1) {
    change.apply(value, segment.Key);
  } else {
    walk(change, at + 1, readOwn(value, segment.Key), undefined, supergraph);
  }
}
