import { UserError } from '../../schema/index.ts';
import type { Model } from './generate.ts';

export interface Options { sizes: number[]; models: Model[]; rounds: number; agents: number; estates: number[]; json: string | undefined }

const NUMBER = /^(\d+(?:\.\d+)?)([km]?)$/i;
const count = (text: string): number => {
  const m = NUMBER.exec(text.trim());
  if (!m) throw new UserError(`"${text}" is not a size: write 10k, 100k or 1m`);
  return Math.round(Number(m[1]) * (m[2]?.toLowerCase() === 'm' ? 1e6 : m[2]?.toLowerCase() === 'k' ? 1e3 : 1));
};

/** `--sizes 10k,100k,1m --models seg,flat --rounds 3 --agents 1000 --estates 10k,100k --json out.json` */
export function parseOptions(args: readonly string[]): Options {
  const o: Options = { sizes: [10_000, 100_000, 1_000_000], models: ['seg', 'flat'], rounds: 3, agents: 1000, estates: [10_000, 100_000], json: undefined };
  for (let i = 0; i < args.length; i += 2) {
    const [name, value] = [args[i]!, args[i + 1]];
    if (value === undefined) throw new UserError(`${name} needs a value`);
    switch (name) {
      case '--sizes': o.sizes = value.split(',').map(count).sort((a, b) => a - b); break;
      case '--models': o.models = value.split(',').map((m) => { if (m !== 'seg' && m !== 'flat') throw new UserError(`model ${m} is neither seg nor flat`); return m; }); break;
      case '--rounds': o.rounds = Math.max(1, count(value)); break;
      case '--agents': o.agents = Math.max(1, count(value)); break;
      case '--estates': o.estates = value === 'none' ? [] : value.split(',').map(count); break;
      case '--json': o.json = value; break;
      default: throw new UserError(`${name} is not an option of the benchmark`);
    }
  }
  return o;
}
