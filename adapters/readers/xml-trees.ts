import { SaxesParser, type SaxesTagPlain } from "saxes";
import { AppError } from "../../subgraphs/shared/errors.ts";
import type { XmlElement } from "./xml-element.ts";
import { type Step, stepsOf } from "./xml-steps.ts";

export type XmlOptions = {
  /**
   * The paths of the elements to yield, root first: `["report", "report/DataRecord"]`. An element is yielded at its end
   * tag; one inside another is yielded by itself, before it, and is not among the other's children, so that a root can be
   * read without its million records. What lies in none of them is passed over.
   */
  readonly records: readonly string[];
  /** Elements that are not kept wherever they stand: names and addresses of people. */
  readonly omit?: readonly string[];
};

export type XmlRecord = {
  /** One of `XmlOptions.records`. */
  readonly path: string;
  /**
   * The line of its start tag (1-based), or one more than the line of the record before it at the same path where that
   * is larger: a file without line ends has all its records on line 1, and no two rows may share a line.
   */
  readonly line: number;
  readonly element: XmlElement;
};

const DEEPEST = 64;
const MOST_ATTRIBUTES = 64;
/** Characters of one text, comment, tag or prolog. */
const LONGEST_TOKEN = 1024 * 1024;
/** Characters of one record and of what is open around it, each element counted as at least `ELEMENT_SIZE`. */
const LARGEST_RECORD = 4 * 1024 * 1024;
const ELEMENT_SIZE = 32;
const MOST_NAMES = 10_000;
const STYLESHEET = "<?xml-stylesheet";
const XINCLUDE = "http://www.w3.org/2001/XInclude";

type OpenElement = { name: string; attributes: Record<string, string>; children: XmlElement[]; text: string };
/** One level of open tags. Frames are used again and again: a large file has millions of tags. */
type Frame = {
  step: Step | undefined;
  /** Undefined where nothing is kept. */
  element: OpenElement | undefined;
  hasElements: boolean;
  line: number;
  prefixes: ReadonlyMap<string, string>;
  sizeBefore: number;
  isOmitted: boolean;
};
/** A leaf's children; whoever adds the first child makes an array of its own. */
const NO_CHILDREN: XmlElement[] = [];
const NO_ATTRIBUTES: Record<string, string> = Object.create(null);

/** Builds the wanted records out of XML text that arrives in pieces. See `readXml`. */
export class XmlTrees {
  /** The root element's namespace. */
  namespace = "";
  readonly #parser = new SaxesParser<{ xmlns: false; position: false }>({ xmlns: false, position: false });
  readonly #omitted: ReadonlySet<string>;
  readonly #frames: Frame[];
  #depth = 0;
  /** Of the tag that is being read. */
  #attributes = 0;
  /** The last characters before this piece. */
  #prolog = "";
  /** Names as they are written, by what they mean under the prefixes in force. */
  readonly #names = new Map<string, string>();
  #namesIn: ReadonlyMap<string, string> | undefined;
  #records: XmlRecord[] = [];
  #size = 0;
  /** Characters since the last token ended, by whole pieces. */
  #pending = 0;
  #sawToken = false;

  constructor({ records, omit = [] }: XmlOptions) {
    this.#omitted = new Set(omit);
    this.#frames = Array.from({ length: DEEPEST + 1 }, emptyFrame);
    this.#frames[0]!.step = stepsOf(records);
    // Six handlers and no more: with a seventh, V8 turns the parser into a dictionary and it runs at a quarter of its pace.
    this.#parser.on("doctype", () => {
      throw this.#refusal("the XML has a DOCTYPE, which no settlement file needs; ask the sender for one without");
    });
    this.#parser.on("attribute", () => {
      this.#attributes += 1;
    });
    this.#parser.on("opentag", (tag) => this.#open(tag));
    this.#parser.on("text", (text) => this.#add(text));
    this.#parser.on("cdata", (text) => this.#add(text));
    this.#parser.on("closetag", () => this.#close());
  }

  /** The records that end in this piece of text. */
  take(text: string): readonly XmlRecord[] {
    this.#records = [];
    this.#sawToken = false;
    if (this.#depth === 0) this.#refuseStylesheet(text);
    this.#parse(() => this.#parser.write(text));
    this.#pending = this.#sawToken ? 0 : this.#pending + text.length;
    if (this.#pending > LONGEST_TOKEN) throw this.#refusal("a text, comment or tag is longer than a megabyte");
    return this.#records;
  }

  /** Throws FILE_REJECTED where the file ends before its root element does. */
  end(): void {
    this.#parse(() => this.#parser.close());
  }

  #parse(step: () => void): void {
    try {
      step();
    } catch (cause) {
      if (cause instanceof AppError || !(cause instanceof Error)) throw cause;
      const problem = cause.message.replace(/\.$/, "");
      throw this.#refusal(`the XML is not well-formed (${problem}); the file is cut or damaged, fetch it again`);
    }
  }

  /** Only before the root element does it mean anything; the handlers that could tell us are all in use. */
  #refuseStylesheet(text: string): void {
    if ((this.#prolog + text).includes(STYLESHEET)) {
      throw this.#refusal("the XML asks for a stylesheet; ask the sender for a file without");
    }
    this.#prolog = (this.#prolog + text).slice(-STYLESHEET.length);
  }

  #open(tag: SaxesTagPlain): void {
    this.#sawToken = true;
    const attributes = this.#attributes;
    this.#attributes = 0;
    const parent = this.#frames[this.#depth]!;
    this.#depth += 1;
    const frame = this.#frames[this.#depth];
    if (!frame) throw this.#refusal(`elements nest deeper than ${DEEPEST} levels`);
    frame.element = undefined;
    frame.isOmitted = parent.isOmitted;
    if (frame.isOmitted) return;
    if (attributes > MOST_ATTRIBUTES) throw this.#refusal(`an element has more than ${MOST_ATTRIBUTES} attributes`);
    frame.prefixes = attributes > 0 ? this.#prefixesOf(tag, parent.prefixes) : parent.prefixes;
    if (frame.prefixes !== this.#namesIn) this.#forgetNames(frame.prefixes);
    const name = this.#names.get(tag.name) ?? this.#nameOf(tag.name, frame.prefixes);
    frame.step = parent.step?.steps.get(name);
    frame.isOmitted = this.#omitted.has(name);
    frame.line = this.#parser.line;
    frame.sizeBefore = this.#size;
    frame.hasElements = false;
    parent.hasElements = true;
    if (frame.isOmitted || (parent.element === undefined && frame.step?.isRecord !== true)) return;
    frame.element = {
      name,
      attributes: attributes > 0 ? tag.attributes : NO_ATTRIBUTES,
      children: NO_CHILDREN,
      text: "",
    };
    this.#grow(ELEMENT_SIZE);
  }

  #add(text: string): void {
    this.#sawToken = true;
    const { element, hasElements } = this.#frames[this.#depth]!;
    // What stands between the children of an element is layout, unless it is a text.
    if (!element || (hasElements && isBlank(text))) return;
    this.#grow(text.length);
    element.text = element.text === "" ? text : element.text + text;
  }

  #close(): void {
    this.#sawToken = true;
    const { step, element, hasElements, line, sizeBefore } = this.#frames[this.#depth]!;
    this.#depth -= 1;
    if (!element) return;
    if (hasElements && isBlank(element.text)) element.text = "";
    if (step?.isRecord) {
      step.lastLine = Math.max(line, step.lastLine + 1);
      this.#records.push({ path: step.path, line: step.lastLine, element });
      this.#size = sizeBefore;
      return;
    }
    const parent = this.#frames[this.#depth]!.element!;
    if (parent.children === NO_CHILDREN) parent.children = [element];
    else parent.children.push(element);
  }

  #grow(by: number): void {
    this.#size += by;
    if (this.#size > LARGEST_RECORD) throw this.#refusal("one record is larger than four megabytes");
  }

  /** The namespaces in force inside a tag with attributes. */
  #prefixesOf({ attributes }: SaxesTagPlain, outer: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
    let prefixes: Map<string, string> | undefined;
    for (const name in attributes) {
      if (name.startsWith("xmlns")) {
        prefixes ??= new Map(outer);
        prefixes.set(name.slice("xmlns:".length), attributes[name]!);
      } else if (/schemaLocation$/i.test(name) && attributes[name]!.split(/\s+/).some(isFetched)) {
        throw this.#refusal("the XML asks for a schema at a URL; ask the sender for a file without");
      }
    }
    return prefixes ?? outer;
  }

  #nameOf(written: string, prefixes: ReadonlyMap<string, string>): string {
    const colon = written.indexOf(":");
    const uri = prefixes.get(colon === -1 ? "" : written.slice(0, colon));
    if (colon !== -1 && uri === undefined)
      throw this.#refusal(`the prefix of "${written.slice(0, 40)}" is not declared`);
    if (uri === XINCLUDE) throw this.#refusal("the XML asks to include another file; ask the sender for one without");
    if (this.#depth === 1) this.namespace = uri ?? "";
    const local = colon === -1 ? written : written.slice(colon + 1);
    const name = (uri ?? "") === this.namespace ? local : `{${uri ?? ""}}${local}`;
    if (this.#names.size < MOST_NAMES) this.#names.set(written, name);
    return name;
  }

  #forgetNames(prefixes: ReadonlyMap<string, string>): void {
    this.#names.clear();
    this.#namesIn = prefixes;
  }

  #refusal(problem: string): AppError {
    return new AppError("FILE_REJECTED", `line ${this.#parser.line}: ${problem}`);
  }
}

function emptyFrame(): Frame {
  return {
    step: undefined,
    element: undefined,
    hasElements: false,
    line: 0,
    prefixes: new Map(),
    sizeBefore: 0,
    isOmitted: false,
  };
}

function isBlank(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > SPACE) return false;
  return true;
}

const SPACE = 0x20;

/** Pairs of a namespace, which is only a name, and a place: names of formats are URNs, so any URL is a place. */
function isFetched(place: string): boolean {
  return /^(?:https?|ftp|file):/i.test(place);
}
