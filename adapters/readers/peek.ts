/** The first bytes of a file, decoded as latin1, and the whole file again: for formats whose delimiter is a choice. */
export type Peeked = { readonly head: string; readonly file: AsyncIterable<Buffer> };

/** Reads ahead until `bytes` are there or the file ends; what was read is yielded again first. */
export async function peek(file: AsyncIterable<Buffer>, bytes: number): Promise<Peeked> {
  const iterator = file[Symbol.asyncIterator]();
  const ahead: Buffer[] = [];
  let length = 0;
  while (length < bytes) {
    const { value, done } = await iterator.next();
    if (done) break;
    ahead.push(value);
    length += value.length;
  }
  const head = Buffer.concat(ahead).subarray(0, bytes).toString("latin1");
  return { head, file: replay(ahead, iterator) };
}

async function* replay(ahead: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* ahead;
    yield* { [Symbol.asyncIterator]: () => rest };
  } finally {
    // Whoever stops early, at the header above all, leaves no file open.
    await rest.return?.();
  }
}
