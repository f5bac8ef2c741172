import type { DocumentNode } from "graphql";
import { Kind, visit } from "graphql";
import { AppError } from "../../subgraphs/shared/errors.ts";

/**
 * Refuses a supergraph that moves a field to another subgraph for a part of the requests: no such part is chosen here,
 * and the field would silently stay where it was. @throws AppError PROGRESSIVE_OVERRIDE_NOT_SUPPORTED
 */
export function refuseProgressiveOverrides(supergraph: DocumentNode): void {
  visit(supergraph, {
    FieldDefinition({ name, directives = [] }) {
      for (const directive of directives) {
        if (directive.name.value !== "join__field") continue;
        const label = directive.arguments?.find((argument) => argument.name.value === "overrideLabel")?.value;
        if (label?.kind !== Kind.STRING) continue;
        const message = `The field ${name.value} has an @override with the label "${label.value}": remove the label.`;
        throw new AppError("PROGRESSIVE_OVERRIDE_NOT_SUPPORTED", message);
      }
    },
  });
}
