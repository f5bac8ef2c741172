/** The names on the way to a record, as a tree: matching steps down it and never joins a path. */
export type Step = { readonly path: string; readonly steps: Map<string, Step>; isRecord: boolean; lastLine: number };

export function stepsOf(records: readonly string[]): Step {
  const root: Step = { path: "", steps: new Map(), isRecord: false, lastLine: 0 };
  for (const record of records) {
    let step = root;
    for (const name of record.split("/")) {
      const path = step === root ? name : `${step.path}/${name}`;
      const next = step.steps.get(name) ?? { path, steps: new Map(), isRecord: false, lastLine: 0 };
      step.steps.set(name, next);
      step = next;
    }
    step.isRecord = true;
  }
  return root;
}
