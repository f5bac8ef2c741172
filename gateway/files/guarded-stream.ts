import { Transform, type TransformCallback } from "node:stream";
import { AppError } from "../../subgraphs/shared/errors.ts";

export type UploadLimits = {
  readonly maxBytes: number;
  /** The longest pause between two pieces of an upload. */
  readonly idleMs: number;
};

/** Passes a file on as it arrives, and fails instead of ending when it is too large, stalls or was not whole. */
export class GuardedStream extends Transform {
  private size = 0;
  private readonly idle: NodeJS.Timeout;

  /** @param whole settles when it is known that the file arrived as the client meant it */
  constructor(
    private readonly limits: UploadLimits,
    private readonly whole: Promise<void>,
  ) {
    super();
    this.idle = setTimeout(() => {
      this.destroy(new AppError("REQUEST_TIMEOUT", `Nothing arrived for ${limits.idleMs} ms: send the file again.`));
    }, limits.idleMs);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.idle.refresh();
    this.size += chunk.length;
    if (this.size > this.limits.maxBytes) done(fileTooLarge(this.limits.maxBytes));
    else done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    this.whole.then(() => done(), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.idle);
    done(error);
  }
}

export function fileTooLarge(maxBytes: number): AppError {
  return new AppError("TOO_LARGE", `The file is larger than ${maxBytes} bytes: split it.`);
}
