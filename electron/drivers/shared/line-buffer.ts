/**
 * Gathers lines of text as UTF-8 in blocks of about one size. Each line is written where it will be sent from: to encode a
 * block of text at once costs several times as much, since a single character beyond Latin 1 widens all of it.
 */
export class LineBuffer {
  readonly #size: number;
  #block: Buffer;
  #used = 0;

  constructor(size: number) {
    this.#size = size;
    this.#block = Buffer.allocUnsafeSlow(size);
  }

  get isEmpty(): boolean {
    return this.#used === 0;
  }

  /** Whether the line was taken; else the block is full, and is taken first. */
  add(line: string): boolean {
    // A UTF-16 unit takes three bytes at most.
    const most = line.length * 3;
    if (this.#used + most > this.#block.length) {
      if (this.#used > 0) return false;
      this.#block = Buffer.allocUnsafeSlow(most);
    }
    this.#used += this.#block.write(line, this.#used, 'utf8');
    return true;
  }

  /** The lines so far; the buffer is the caller's from then on. */
  take(): Buffer {
    const full = this.#block.subarray(0, this.#used);
    this.#block = Buffer.allocUnsafeSlow(this.#size);
    this.#used = 0;
    return full;
  }
}
