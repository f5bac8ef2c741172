import { AnswerTooLarge } from "./errors.ts";

export type ServerEvent = { readonly name: string; readonly data: string };

/**
 * Reads server-sent events out of pieces of text, as the HTML standard's grammar has them: lines end in LF, CR or CRLF,
 * an empty line ends an event, a line that starts with a colon only keeps the connection open.
 */
export function createEventReader(maxCharacters: number): (piece: string) => ServerEvent[] {
  let rest = "";
  let name = "";
  let data: string[] = [];
  let held = 0;
  /** A carriage return at the end of a piece: the line feed that belongs to it may begin the next one. */
  let isHalfEnded = false;

  function line(text: string): ServerEvent | undefined {
    if (text === "") {
      const event = data.length > 0 || name !== "" ? { name: name || "message", data: data.join("\n") } : undefined;
      name = "";
      data = [];
      held = 0;
      return event;
    }
    const colon = text.indexOf(":");
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
    if (field === "event") name = value;
    if (field === "data") {
      data.push(value);
      held += value.length + 1;
    }
    return undefined;
  }

  return (piece) => {
    const events: ServerEvent[] = [];
    // A long line comes in many pieces: only what is new is searched for its end.
    if (!isHalfEnded && !/[\r\n]/.test(piece)) rest += piece;
    else {
      const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? "";
      for (const text of lines) {
        const event = line(text);
        if (event) events.push(event);
      }
    }
    isHalfEnded = piece === "" ? isHalfEnded : piece.endsWith("\r");
    if (held + rest.length > maxCharacters) {
      throw new AnswerTooLarge(`sent an event of more than ${maxCharacters} characters`);
    }
    return events;
  };
}
