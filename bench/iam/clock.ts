import { performance } from 'node:perf_hooks';

export interface Times { cpu: number; wall: number }

/** Milliseconds of processor time of the whole process, and of the clock on the wall. On a shared machine only the first means anything. */
export function timed(work: () => void): Times {
  const cpu = process.cpuUsage();
  const wall = performance.now();
  work();
  const { user, system } = process.cpuUsage(cpu);
  return { cpu: (user + system) / 1000, wall: performance.now() - wall };
}

export const byCpu = (rounds: readonly Times[]): Times[] => rounds.toSorted((a, b) => a.cpu - b.cpu);

/** `412 ms (398–530), wall 415` */
export function shown(rounds: readonly Times[]): string {
  const sorted = byCpu(rounds);
  const median = sorted[sorted.length >> 1]!;
  return `${median.cpu.toFixed(0)} ms of processor (${sorted[0]!.cpu.toFixed(0)}–${sorted.at(-1)!.cpu.toFixed(0)}, ${rounds.length} rounds), ${median.wall.toFixed(0)} ms on the wall`;
}

export const median = (rounds: readonly Times[]): Times => byCpu(rounds)[rounds.length >> 1]!;
export const print = (line: string): void => { process.stdout.write(`${line}\n`); };
/** Goals of performance.md §8 and of the issue; a run that misses one says so. */
export const goal = (met: boolean, text: string): string => `${met ? 'met' : 'MISSED'}: ${text}`;
