/** An element with all it holds. Names are without prefix; one of another namespace than the root's is `{uri}name`. */
export type XmlElement = {
  readonly name: string;
  /** By their names as written, prefix included; the object has no prototype. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Character data as it stands, entities resolved, not trimmed; empty where an element only holds elements. */
  readonly text: string;
};

/** The first element at a path of child names, "Acct/Id/IBAN"; undefined where there is none. */
export function elementAt(element: XmlElement, path: string): XmlElement | undefined {
  let found: XmlElement | undefined = element;
  for (const name of namesOf(path)) {
    found = childNamed(found, name);
    if (!found) return undefined;
  }
  return found;
}

function childNamed({ children }: XmlElement, name: string): XmlElement | undefined {
  for (const child of children) if (child.name === name) return child;
  return undefined;
}

/** Adapters ask for the same few paths in each record. */
const paths = new Map<string, readonly string[]>();

function namesOf(path: string): readonly string[] {
  let names = paths.get(path);
  if (!names) {
    names = path.split("/");
    paths.set(path, names);
  }
  return names;
}

/** The trimmed text of the first element at a path; undefined where there is none or it is blank. */
export function textAt(element: XmlElement, path: string): string | undefined {
  return elementAt(element, path)?.text.trim() || undefined;
}

/** Every child of that name, in the file's order. */
export function childrenNamed(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

/** The element as XML again, for keeping a row that was not taken; what the reader was told to omit is not in it. */
export function xmlText({ name, attributes, children, text }: XmlElement): string {
  const tag = name.replace(/^\{.*\}/, "");
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  const content = escaped(text) + children.map(xmlText).join("");
  return content === "" ? `<${tag}${pairs.join("")}/>` : `<${tag}${pairs.join("")}>${content}</${tag}>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
