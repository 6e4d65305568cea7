import { performance } from 'node:perf_hooks';

export interface Times { cpu: number; wall: number }

/** Milliseconds of processor time of the whole process, and of the clock on the wall: what one core does is judged by the first, how long an answer takes by the second. */
export function timed(work: () => void): Times {
  const cpu = process.cpuUsage();
  const wall = performance.now();
  work();
  const { user, system } = process.cpuUsage(cpu);
  return { cpu: (user + system) / 1000, wall: performance.now() - wall };
}

const sorted = (rounds: readonly Times[], by: keyof Times): Times[] => rounds.toSorted((a, b) => a[by] - b[by]);

/** `412 ms (398–530), wall 415` */
export function shown(rounds: readonly Times[]): string {
  const byCpu = sorted(rounds, 'cpu');
  return `${median(rounds).cpu.toFixed(0)} ms of processor (${byCpu[0]!.cpu.toFixed(0)}–${byCpu.at(-1)!.cpu.toFixed(0)}, ${rounds.length} rounds), ${median(rounds, 'wall').wall.toFixed(0)} ms on the wall`;
}

export const median = (rounds: readonly Times[], by: keyof Times = 'cpu'): Times => sorted(rounds, by)[rounds.length >> 1]!;
export const print = (line: string): void => { process.stdout.write(`${line}\n`); };
/** Goals of performance.md §8 and of the issue; a run that misses one says so. */
export const goal = (met: boolean, text: string): string => `${met ? 'met' : 'MISSED'}: ${text}`;
