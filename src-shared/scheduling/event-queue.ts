/** The simulator's agenda: a binary heap of (time, code), earliest first, the lowest code first among equals. */
export class EventQueue {
  private readonly timeMs: Float64Array;
  private readonly code: Float64Array;
  private count = 0;

  /** @param capacity most events at a time */
  constructor(capacity: number) {
    this.timeMs = new Float64Array(capacity);
    this.code = new Float64Array(capacity);
  }

  get size(): number {
    return this.count;
  }

  /** Time of the next event, ms; NaN when there is none. */
  get nextMs(): number {
    return this.count > 0 ? this.timeMs[0] : Number.NaN;
  }

  clear(): void {
    this.count = 0;
  }

  push(timeMs: number, code: number): void {
    let hole = this.count++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!this.isBefore(timeMs, code, parent)) break;
      this.move(parent, hole);
      hole = parent;
    }
    this.timeMs[hole] = timeMs;
    this.code[hole] = code;
  }

  /** Removes the next event and returns its code. */
  pop(): number {
    const next = this.code[0];
    const last = --this.count;
    const timeMs = this.timeMs[last];
    const code = this.code[last];
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= last) break;
      if (child + 1 < last && this.isBefore(this.timeMs[child + 1], this.code[child + 1], child)) child++;
      if (this.isBefore(timeMs, code, child)) break;
      this.move(child, hole);
      hole = child;
    }
    this.timeMs[hole] = timeMs;
    this.code[hole] = code;
    return next;
  }

  private isBefore(timeMs: number, code: number, entry: number): boolean {
    return timeMs < this.timeMs[entry] || (timeMs === this.timeMs[entry] && code < this.code[entry]);
  }

  private move(from: number, to: number): void {
    this.timeMs[to] = this.timeMs[from];
    this.code[to] = this.code[from];
  }
}
