import { AppError } from "../../subgraphs/shared/errors.ts";

/** A stream read in the amounts that a binary format asks for. */
export class ByteSource {
  /** Bytes given out so far, those put back again not counted. */
  bytesRead = 0;
  readonly #source: AsyncIterator<Buffer>;
  #ahead: Buffer = Buffer.alloc(0);

  constructor(file: AsyncIterable<Buffer>) {
    this.#source = file[Symbol.asyncIterator]();
  }

  /** The next piece, as large as it comes; undefined at the end. */
  async next(): Promise<Buffer | undefined> {
    const bytes = this.#ahead.length > 0 ? this.#ahead : await this.#more();
    this.#ahead = Buffer.alloc(0);
    this.bytesRead += bytes?.length ?? 0;
    return bytes;
  }

  /** Exactly so many bytes. Throws FILE_REJECTED where the file ends before. */
  async take(length: number): Promise<Buffer> {
    const bytes = await this.peek(length);
    if (bytes.length < length) throw new AppError("FILE_REJECTED", "the archive is cut; fetch the file again");
    this.#ahead = this.#ahead.subarray(length);
    this.bytesRead += length;
    return bytes;
  }

  /** So many bytes, or as many as there are, without taking them. */
  async peek(length: number): Promise<Buffer> {
    while (this.#ahead.length < length) {
      const bytes = await this.#more();
      if (!bytes) break;
      this.#ahead = this.#ahead.length === 0 ? bytes : Buffer.concat([this.#ahead, bytes]);
    }
    return this.#ahead.subarray(0, length);
  }

  /** Puts the end of the last piece back. */
  putBack(bytes: Buffer): void {
    this.#ahead = bytes;
    this.bytesRead -= bytes.length;
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }

  async #more(): Promise<Buffer | undefined> {
    for (;;) {
      const { value, done } = await this.#source.next();
      if (done) return undefined;
      if (value.length > 0) return value;
    }
  }
}
