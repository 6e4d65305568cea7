import type { Program } from './program.ts';

/** What the policies of one caller say of one group; the list is used again for the next caller. */
export class Said {
  readonly programs: Program[] = [];
  /** Programs of this caller; what stands behind them in the list is of others. */
  count = 0;
  /** There is something to evaluate. */
  open = false;
  /** Some of it nobody else brings, so that nobody else has its rows. */
  once = false;

  clear(open: boolean): void {
    this.count = 0;
    this.open = open;
    this.once = false;
  }

  add(p: Program, once: boolean): void {
    this.programs[this.count++] = p;
    this.open = true;
    this.once ||= once;
  }
}
