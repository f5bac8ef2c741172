import { expect, test } from "vitest";
import { createLog } from "../../subgraphs/shared/log.ts";

test("a line carries the bindings, the fields and the message", () => {
  const { log, lines } = logged();
  log.info({ fileId: "fil_1", at: new Date(0) }, "file accepted");
  expect(lines[0]).toMatchObject({
    service: "test",
    fileId: "fil_1",
    at: "1970-01-01T00:00:00.000Z",
    msg: "file accepted",
  });
});

test("credentials, card data and raw rows are cut out at every depth and in every case", () => {
  const { log, lines } = logged();
  const secrets = {
    pan: "4111",
    cardNumber: "4111",
    token: "4111",
    Authorization: "4111",
    password: "4111",
    raw: "4111",
  };
  log.info({
    ...secrets,
    headers: secrets,
    request: { headers: { "set-cookie": "4111" } },
    rows: [[secrets], secrets],
  });
  log.child({ token: "4111" }).info("child");
  expect(lines).toHaveLength(2);
  expect(JSON.stringify(lines)).not.toContain("4111");
  expect(lines[0]).toMatchObject({ headers: { Authorization: "[redacted]" } });
});

test("an error shows its message and stack but not the values of the row that failed", () => {
  const { log, lines } = logged();
  const error = Object.assign(new Error("duplicate key"), {
    code: "23505",
    detail: "Key (pan)=(4111)",
    parameters: ["4111"],
  });
  log.error(error);
  log.error({ err: error, cause: error, nested: { error } }, "import failed");
  expect(JSON.stringify(lines)).not.toContain("4111");
  expect(lines[0]).toMatchObject({ err: { message: "duplicate key", code: "23505", stack: expect.any(String) } });
  expect(lines[1]).toMatchObject({ nested: { error: { message: "duplicate key" } }, msg: "import failed" });
});

test("an object that contains itself does not hang the log", () => {
  const { log, lines } = logged();
  const loop: Record<string, unknown> = {};
  loop.self = loop;
  log.info({ loop });
  expect(JSON.stringify(lines[0])).toContain("[too deep]");
});

test("lines below the level are not written", () => {
  const { log, lines } = logged();
  log.debug("quiet");
  expect(lines).toEqual([]);
});

function logged() {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => {
    lines.push(JSON.parse(line) as Record<string, unknown>);
  };
  return { log: createLog({ logLevel: "info" }, { service: "test" }, { write }), lines };
}
