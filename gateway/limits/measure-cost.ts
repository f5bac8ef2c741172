import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLError,
  GraphQLField,
  GraphQLNamedType,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
  ValueNode,
} from "graphql";
import { getNamedType, isInterfaceType, isObjectType, Kind } from "graphql";
import type { Limits } from "./limits.ts";
import type { ListKinds } from "./list-sizes.ts";
import { exceeded, unacceptable } from "./refusal.ts";

export type CostRequest = {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
};

export type Cost = {
  /** Rows at the innermost lists, were every list full. */
  readonly cost: number;
  /** The first list whose size is not allowed. */
  readonly refusal: GraphQLError | undefined;
  /** The variables whose values decide it, whatever these are. */
  readonly variables: readonly string[];
};

/**
 * Counts the rows that an operation may return, from the sizes it asks for and before anyone is asked. Each fragment is
 * counted once. The document must be within the structural limits; names that the schema does not have count nothing.
 */
export function measureCost(request: CostRequest, schema: GraphQLSchema, kinds: ListKinds, limits: Limits): Cost {
  return new CostCount(request, schema, kinds, limits).total();
}

class CostCount {
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  private readonly known = new Map<string, number>();
  private refusal: GraphQLError | undefined;
  private readonly decisive = new Set<string>();

  constructor(
    private readonly request: CostRequest,
    private readonly schema: GraphQLSchema,
    private readonly kinds: ListKinds,
    private readonly limits: Limits,
  ) {
    for (const node of request.document.definitions) {
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(node.name.value, node);
    }
  }

  total(): Cost {
    const { operation } = this.request;
    const cost = this.set(operation.selectionSet, this.schema.getRootType(operation.operation) ?? undefined);
    return { cost, refusal: this.refusal, variables: [...this.decisive] };
  }

  private set({ selections }: SelectionSetNode, type: GraphQLNamedType | undefined): number {
    let rows = 0;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) rows += this.field(selection, type);
      else if (selection.kind === Kind.FRAGMENT_SPREAD) rows += this.spread(selection.name.value);
      else rows += this.set(selection.selectionSet, this.typeNamed(selection.typeCondition?.name.value) ?? type);
    }
    return rows;
  }

  private spread(name: string): number {
    const fragment = this.fragments.get(name);
    if (!fragment) return 0;
    const known = this.known.get(name);
    if (known !== undefined) return known;
    this.known.set(name, 0);
    const rows = this.set(fragment.selectionSet, this.typeNamed(fragment.typeCondition.name.value));
    this.known.set(name, rows);
    return rows;
  }

  private field(node: FieldNode, parent: GraphQLNamedType | undefined): number {
    if (!isObjectType(parent) && !isInterfaceType(parent)) return 0;
    const field = parent.getFields()[node.name.value];
    if (!field) return 0;
    const inner = node.selectionSet ? this.set(node.selectionSet, getNamedType(field.type)) : 0;
    const kind = this.kinds(parent, field);
    if (kind === "NONE") return inner;
    const size = kind === "PAGED" ? this.sizeOf(node, field) : this.limits.unpagedListSize;
    return size * Math.max(1, inner);
  }

  private sizeOf(node: FieldNode, field: GraphQLField<unknown, unknown>): number {
    const first = this.given(node, field, "first");
    const last = this.given(node, field, "last");
    if (first !== undefined && last !== undefined) {
      this.refusal ??= unacceptable(
        `\`${node.name.value}\` is asked for first and last: give one of both.`,
        "listSize",
      );
    }
    const size = first ?? last ?? this.limits.defaultListSize;
    if (size < 1) {
      const fact = `A list of ${size} rows was asked for, 1 is the least`;
      this.refusal ??= unacceptable(`${fact}: leave it out for ${this.limits.defaultListSize}.`, "listSize");
    } else if (size > this.limits.listSize) this.refusal ??= exceeded("listSize", size, this.limits);
    return Math.max(0, size);
  }

  /** What an argument comes to; undefined when it says nothing, or is no number and so the validator's to refuse. */
  private given(node: FieldNode, { args }: GraphQLField<unknown, unknown>, name: string): number | undefined {
    const written = node.arguments?.find((argument) => argument.name.value === name);
    const value = written ? this.valueOf(written.value) : args.find((argument) => argument.name === name)?.defaultValue;
    return typeof value === "number" ? value : undefined;
  }

  private valueOf(node: ValueNode): unknown {
    if (node.kind === Kind.INT) return Number(node.value);
    if (node.kind !== Kind.VARIABLE) return undefined;
    const name = node.name.value;
    this.decisive.add(name);
    const { variables, operation } = this.request;
    if (Object.hasOwn(variables, name)) return variables[name];
    const definition = operation.variableDefinitions?.find(({ variable }) => variable.name.value === name);
    return definition?.defaultValue?.kind === Kind.INT ? Number(definition.defaultValue.value) : undefined;
  }

  private typeNamed(name: string | undefined): GraphQLNamedType | undefined {
    return name === undefined ? undefined : this.schema.getType(name);
  }
}
