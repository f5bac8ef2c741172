/** One line and one transaction that could belong together, with the evidence for it in points (positive integers). */
export type Edge = { readonly line: string; readonly transaction: string; readonly points: number };

/** A pair of the best assignment. `margin` is what the best assignment without this pair falls short of it. */
export type Assigned = Edge & {
  readonly margin: number;
  /** The strongest other candidate of the line, if it has one. */
  readonly runnerUp?: Omit<Edge, "line">;
};

/** A connected part of the graph: its best assignment, or none where it is too large to be solved. */
export type Component = { readonly edges: readonly Edge[]; readonly assigned?: readonly Assigned[] };

/**
 * Solves each connected part of a candidate graph on its own: one transaction a line at most, one line a transaction at
 * most, greatest sum of points. Of several best assignments one is given, with margins of zero where they differ; the
 * order of the input decides nothing else. A part with more than `largest` nodes on a side is not tried.
 */
export function solve(edges: readonly Edge[], largest: number): readonly Component[] {
  return componentsOf(edges).map((component) => {
    const problem = problemOf(component);
    if (problem.lines.length > largest || problem.transactions.length > largest) return { edges: component };
    return { edges: component, assigned: assign(problem, component) };
  });
}

type Problem = {
  readonly lines: readonly string[];
  readonly transactions: readonly string[];
  /** Points by line and transaction; zero where they are no candidates. */
  readonly points: readonly (readonly number[])[];
};

function problemOf(edges: readonly Edge[]): Problem {
  const lines = [...new Set(edges.map(({ line }) => line))].sort();
  const transactions = [...new Set(edges.map(({ transaction }) => transaction))].sort();
  const points = lines.map(() => transactions.map(() => 0));
  const row = new Map(lines.map((line, index) => [line, index]));
  const column = new Map(transactions.map((transaction, index) => [transaction, index]));
  for (const edge of edges) points[row.get(edge.line)!]![column.get(edge.transaction)!] = edge.points;
  return { lines, transactions, points };
}

function assign({ lines, transactions, points }: Problem, edges: readonly Edge[]): readonly Assigned[] {
  const best = matchingOf(points);
  const total = sumOf(points, best);
  return best.flatMap((column, row) => {
    if (column === undefined) return [];
    const without = points.map((each, index) => (index === row ? each.with(column, 0) : each));
    const line = lines[row]!;
    const transaction = transactions[column]!;
    const runnerUp = strongest(edges.filter((edge) => edge.line === line && edge.transaction !== transaction));
    return [
      {
        line,
        transaction,
        points: points[row]![column]!,
        margin: total - sumOf(without, matchingOf(without)),
        ...(runnerUp && { runnerUp: { transaction: runnerUp.transaction, points: runnerUp.points } }),
      },
    ];
  });
}

function strongest(edges: readonly Edge[]): Edge | undefined {
  return [...edges].sort((a, b) => b.points - a.points || (a.transaction < b.transaction ? -1 : 1))[0];
}

function sumOf(points: readonly (readonly number[])[], matching: readonly (number | undefined)[]): number {
  return matching.reduce<number>((sum, column, row) => sum + (column === undefined ? 0 : points[row]![column]!), 0);
}

/**
 * The matching of greatest weight, column by row: the Hungarian method with potentials (Kuhn 1955, Munkres 1957) on the
 * square that zeros make of the table. A zero is no candidate, so what is matched by it is left unmatched.
 */
function matchingOf(points: readonly (readonly number[])[]): (number | undefined)[] {
  const rows = points.length;
  const size = Math.max(rows, points[0]?.length ?? 0);
  const cost = (row: number, column: number) => -(points[row]?.[column] ?? 0);
  const rowPotential = new Array<number>(size + 1).fill(0);
  const columnPotential = new Array<number>(size + 1).fill(0);
  const rowOf = new Array<number>(size + 1).fill(size);
  for (let row = 0; row < size; row++) augment(row, { size, cost, rowPotential, columnPotential, rowOf });
  const matching = new Array<number | undefined>(rows).fill(undefined);
  for (let column = 0; column < size; column++) {
    const row = rowOf[column]!;
    if ((points[row]?.[column] ?? 0) > 0) matching[row] = column;
  }
  return matching;
}

type Tableau = {
  readonly size: number;
  readonly cost: (row: number, column: number) => number;
  readonly rowPotential: number[];
  readonly columnPotential: number[];
  /** The row matched to each column; `size` where none is. The last place is the row being entered. */
  readonly rowOf: number[];
};

/** Enters one row by the cheapest alternating path. */
function augment(entering: number, { size, cost, rowPotential, columnPotential, rowOf }: Tableau): void {
  const slack = new Array<number>(size).fill(Number.POSITIVE_INFINITY);
  const cameFrom = new Array<number>(size).fill(size);
  const reached = new Array<boolean>(size + 1).fill(false);
  rowOf[size] = entering;
  let column = size;
  do {
    reached[column] = true;
    const row = rowOf[column]!;
    let step = Number.POSITIVE_INFINITY;
    let next = size;
    for (let other = 0; other < size; other++) {
      if (reached[other]) continue;
      const reduced = cost(row, other) - rowPotential[row]! - columnPotential[other]!;
      if (reduced < slack[other]!) {
        slack[other] = reduced;
        cameFrom[other] = column;
      }
      if (slack[other]! < step) {
        step = slack[other]!;
        next = other;
      }
    }
    for (let other = 0; other <= size; other++) {
      if (reached[other]) {
        rowPotential[rowOf[other]!] = rowPotential[rowOf[other]!]! + step;
        columnPotential[other] = columnPotential[other]! - step;
      } else {
        slack[other] = slack[other]! - step;
      }
    }
    column = next;
  } while (rowOf[column] !== size);
  while (column !== size) {
    const previous = cameFrom[column]!;
    rowOf[column] = rowOf[previous]!;
    column = previous;
  }
}

/** Edges by the connected part that they are in, parts and edges in the order of their first line. */
function componentsOf(edges: readonly Edge[]): readonly (readonly Edge[])[] {
  const parent = new Map<string, string>();
  const rootOf = (node: string): string => {
    let root = node;
    for (let up = parent.get(root); up !== undefined && up !== root; up = parent.get(root)) root = up;
    for (let at = node; at !== root; ) {
      const up = parent.get(at)!;
      parent.set(at, root);
      at = up;
    }
    return root;
  };
  for (const { line, transaction } of edges) {
    const [left, right] = [`l${line}`, `t${transaction}`];
    if (!parent.has(left)) parent.set(left, left);
    if (!parent.has(right)) parent.set(right, right);
    parent.set(rootOf(left), rootOf(right));
  }
  const components = new Map<string, Edge[]>();
  for (const edge of [...edges].sort(byLine)) {
    const root = rootOf(`l${edge.line}`);
    const component = components.get(root);
    if (component) component.push(edge);
    else components.set(root, [edge]);
  }
  return [...components.values()];
}

function byLine(a: Edge, b: Edge): number {
  if (a.line !== b.line) return a.line < b.line ? -1 : 1;
  return a.transaction < b.transaction ? -1 : 1;
}
