import { useStrings } from "../../language/language.tsx";
import { developersStrings } from "./developers-strings.ts";
import { type PlanNode, pathText } from "./explain.ts";

/** A plan as boxes: below each other is one after another, beside each other is at the same time. */
export function PlanView({ node }: { readonly node: PlanNode }) {
  const t = useStrings(developersStrings);
  switch (node.kind) {
    case "Sequence":
    case "Parallel":
      return (
        <section className={`plan plan--${node.kind.toLowerCase()}`} aria-label={t.steps[node.kind]}>
          <span className="plan__name soft">{t.steps[node.kind]}</span>
          <ol className="plan__nodes">
            {node.nodes.map((each, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the steps of a plan keep their places
              <li key={index}>
                <PlanView node={each} />
              </li>
            ))}
          </ol>
        </section>
      );
    case "Flatten":
      return (
        <div className="plan">
          <span className="plan__name soft">{t.forEach(pathText(node.path))}</span>
          <PlanView node={node.node} />
        </div>
      );
    case "Condition":
      return (
        <div className="plan">
          <span className="plan__name soft">{t.where(node.condition)}</span>
          {node.ifClause && <PlanView node={node.ifClause} />}
          {node.elseClause && <PlanView node={node.elseClause} />}
        </div>
      );
    default:
      return (
        <details className="plan plan--fetch">
          <summary>{node.serviceName}</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
          <pre className="developers__code" tabIndex={0}>
            {node.operation}
          </pre>
        </details>
      );
  }
}
