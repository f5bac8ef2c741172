import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { readXml } from "../../adapters/readers/xml.ts";
import { elementAt, textAt, xmlText } from "../../adapters/readers/xml-element.ts";
import { bytesOf } from "./fixtures.ts";

const REPORT = ["report", "report/entry"];

async function read(content: string | Buffer, options: { records?: string[]; omit?: string[]; size?: number } = {}) {
  const { records = REPORT, omit = [], size } = options;
  const found = [];
  let namespace = "";
  for await (const chunk of readXml(bytesOf(content, size), { records, omit })) {
    found.push(...chunk.records);
    namespace = chunk.namespace;
  }
  return { found, namespace };
}

const SMALL = `<?xml version="1.0" encoding="UTF-8"?>
<report xmlns="urn:x">
  <title>All &amp; sundry</title>
  <entry id="1"><sum currency="EUR"> 1.50 </sum></entry>
  <entry id="2"><sum currency="EUR">2<![CDATA[<&>]]></sum><note/></entry>
</report>
`;

test("records are yielded at their end, the outer one without the inner", async () => {
  for (const size of [1, 7, 65_536]) {
    const { found, namespace } = await read(SMALL, { size });
    expect(namespace).toBe("urn:x");
    expect(found.map(({ path, line }) => [path, line])).toEqual([
      ["report/entry", 4],
      ["report/entry", 5],
      ["report", 2],
    ]);
    const [first, second, report] = found.map(({ element }) => element);
    expect(elementAt(first!, "sum")).toMatchObject({ text: " 1.50 ", attributes: { currency: "EUR" } });
    expect(textAt(first!, "sum")).toBe("1.50");
    expect(textAt(second!, "sum")).toBe("2<&>");
    expect([textAt(second!, "note"), textAt(second!, "sum/none")]).toEqual([undefined, undefined]);
    expect(report!.children.map(({ name, text }) => [name, text])).toEqual([["title", "All & sundry"]]);
  }
});

test("records without line ends between them still have a line each", async () => {
  const { found } = await read("<report><entry/><entry/><entry/></report>");
  expect(found.map(({ path, line }) => [path, line])).toEqual([
    ["report/entry", 1],
    ["report/entry", 2],
    ["report/entry", 3],
    ["report", 1],
  ]);
});

test("prefixes are nothing but a spelling, and other namespaces keep their name", async () => {
  const { found, namespace } = await read(
    `<a:report xmlns:a="urn:x" xmlns:b="urn:y"><a:entry><b:sum>1</b:sum><sum>2</sum></a:entry></a:report>`,
  );
  expect(namespace).toBe("urn:x");
  expect(found[0]!.element.children.map(({ name }) => name)).toEqual(["{urn:y}sum", "{}sum"]);
});

test("what is omitted is neither in the record nor in its text", async () => {
  const { found } = await read("<report><entry><name>Jan<x/></name><sum at='\"'>1 &lt; 2</sum></entry></report>", {
    omit: ["name"],
  });
  expect(xmlText(found[0]!.element)).toBe(`<entry><sum at="&quot;">1 &lt; 2</sum></entry>`);
});

test.each([
  ["UTF-8 unless it is said", Buffer.from("<report><entry>é€</entry></report>"), "é€"],
  ["UTF-8 with its mark", Buffer.from("\ufeff<report><entry>é€</entry></report>"), "é€"],
  [
    "ISO-8859-1",
    Buffer.from(`<?xml version='1.0' encoding='iso-8859-1'?><report><entry>é</entry></report>`, "latin1"),
    "é",
  ],
  [
    "windows-1252",
    Buffer.from(`<?xml version="1.0" encoding="windows-1252"?><report><entry>\u0080\u00e9</entry></report>`, "latin1"),
    "€é",
  ],
])("the encoding is the one declared: %s", async (_, bytes, text) => {
  for (const size of [1, 65_536]) expect((await read(bytes, { size })).found[0]!.element.text).toBe(text);
});

const inReport = (content: string) => `<report>${content}</report>`;

test.each([
  ["nothing at all", "", "document must contain a root element"],
  ["only a byte order mark", "\ufeff", "document must contain a root element"],
  ["only a declaration", `<?xml version="1.0"?>`, "document must contain a root element"],
  ["text that is no XML", "date;amount\n1;2\n", "text data outside of root node"],
  ["a file cut between two entries", SMALL.slice(0, SMALL.indexOf('<entry id="2"')), "unclosed tag: report"],
  ["a file cut in a tag", SMALL.slice(0, SMALL.indexOf("currency")), "not well-formed"],
  ["tags that cross", inReport("<entry><a></entry></a>"), "unexpected close tag"],
  ["a second root", `${inReport("")}<report/>`, "documents may contain only one root"],
  ["text after the root", `${inReport("")}and more`, "text data outside of root node"],
  ["an attribute given twice", inReport(`<entry a="1" a="2"/>`), "duplicate attribute"],
  ["an attribute without quotes", inReport("<entry a=1/>"), "unquoted attribute"],
  ["a control character", inReport("<entry>\u0001</entry>"), "disallowed character"],
  ["a reference to a control character", inReport("<entry>&#1;</entry>"), "malformed character entity"],
  ["an entity of its own", inReport("<entry>&pay;</entry>"), "undefined entity"],
  ["a DOCTYPE", `<!DOCTYPE report SYSTEM "file:///etc/passwd"><report/>`, "has a DOCTYPE"],
  ["an entity bomb", `<!DOCTYPE r [<!ENTITY a "&b;&b;"><!ENTITY b "x">]><report>&a;</report>`, "has a DOCTYPE"],
  ["a parameter entity", `<!DOCTYPE r [<!ENTITY % x SYSTEM "http://localhost/x"> %x;]><report/>`, "has a DOCTYPE"],
  ["a DOCTYPE in the middle", inReport("<!DOCTYPE x><entry/>"), "not well-formed"],
  ["a stylesheet", `<?xml-stylesheet href="http://localhost/x.xsl"?><report/>`, "asks for a stylesheet"],
  [
    "an include",
    inReport(`<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>`),
    "asks to include another file",
  ],
  [
    "a schema at a URL",
    `<report xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x http://localhost/x.xsd"/>`,
    "asks for a schema at a URL",
  ],
  ["a prefix nobody declared", "<a:report/>", `the prefix of "a:report" is not declared`],
  ["100,000 levels", "<a>".repeat(100_000), "nest deeper than 64 levels"],
  [
    "65 attributes",
    `<report ${Array.from({ length: 65 }, (_, n) => `a${n}=""`).join(" ")}/>`,
    "more than 64 attributes",
  ],
  ["a record of many elements", inReport(`<entry>${"<a/>".repeat(140_000)}</entry>`), "larger than four megabytes"],
  ["UTF-7", `<?xml version="1.0" encoding="UTF-7"?>${inReport("")}`, `encoded as "UTF-7"`],
  ["UTF-16 with its mark", Buffer.from("\ufeff<report/>", "utf16le"), `encoded as "UTF-16"`],
  ["UTF-16 without its mark", Buffer.from("<report/>", "utf16le"), `encoded as "UTF-16"`],
  ["ISO-8859-1 that says it is UTF-8", Buffer.from(inReport("<entry>é</entry>"), "latin1"), "the file is not UTF-8"],
  ["overlong UTF-8", Buffer.concat([Buffer.from("<report>"), Buffer.from([0xc0, 0xbc])]), "the file is not UTF-8"],
  ["UTF-8 that says it is something else", `\ufeff<?xml version="1.0" encoding="latin1"?><report/>`, "mark of UTF-8"],
])("%s is refused", async (_, content, problem) => {
  await expect(read(content)).rejects.toMatchObject({ code: "FILE_REJECTED" });
  await expect(read(content)).rejects.toThrow(problem);
});

test.each([
  ["comment", "<report><!--", "x"],
  ["CDATA section", "<report><![CDATA[", "x"],
  ["text", "<report>", "x"],
  ["tag with a million attributes", "<report", ` attribute="${"x".repeat(20)}"`],
  ["DOCTYPE", "<!DOCTYPE report [", "<!ENTITY a 'b'>"],
])("a %s of 100 MB is refused after the first of them", async (_, start, filling) => {
  let pieces = 0;
  async function* endless() {
    yield Buffer.from(start);
    for (; pieces < 1_600; pieces += 1) yield Buffer.from(filling.repeat(65_536 / filling.length));
  }
  await expect(readXml(endless(), { records: REPORT }).next()).rejects.toThrow("longer than a megabyte");
  expect(pieces).toBeLessThan(24);
});

test("names that JavaScript gives a meaning are names like any other", async () => {
  const { found } = await read(
    inReport(
      `<entry><__proto__ __proto__="1" constructor="2"><polluted>1</polluted></__proto__><constructor/></entry>`,
    ),
  );
  expect(found[0]!.element.children.map(({ name }) => name)).toEqual(["__proto__", "constructor"]);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

test("nothing is fetched, whatever a file asks for", async () => {
  let requests = 0;
  const server = createServer((_, response) => {
    requests += 1;
    response.end();
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`;
  for (const content of [
    `<!DOCTYPE r SYSTEM "${url}"><report/>`,
    `<!DOCTYPE r [<!ENTITY x SYSTEM "${url}">]><report>&x;</report>`,
    `<?xml-stylesheet href="${url}"?><report/>`,
    `<report xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="${url}"/>`,
  ]) {
    await expect(read(content)).rejects.toMatchObject({ code: "FILE_REJECTED" });
  }
  await new Promise((resolve) => server.close(resolve));
  expect(requests).toBe(0);
});

test("a consumer that stops early closes the file", async () => {
  let closed = false;
  async function* file() {
    try {
      for (;;) yield Buffer.from(`<report>${"<entry/>".repeat(100)}`);
    } finally {
      closed = true;
    }
  }
  for await (const _ of readXml(file(), { records: REPORT })) break;
  expect(closed).toBe(true);
});
