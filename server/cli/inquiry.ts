import type { Reviews } from '../../queries/review/inquiry.ts';
import { UserError } from '../../schema/index.ts';
import { Answers } from '../service/answers.ts';
import type { Cli } from './command.ts';
import { storeOf } from './store.ts';

/** Opens the last complete run for a single question, and closes the store afterwards. */
export async function withAnswers(cli: Cli, o: Record<string, unknown>, work: (answers: Answers) => Promise<number>): Promise<number> {
  const store = await storeOf(cli, o, true);
  try {
    return await work(new Answers(store, { env: cli.env, now: cli.now, newId: cli.newId, progress: cli.log, version: cli.version }));
  } finally {
    await store.close();
  }
}

/** The one node a text names (name, id, ARN, Terraform address, file:line or glob). Several candidates are listed, exit 3. */
export async function oneNode(answers: Pick<Answers, 'inquiry'>, text: string, kinds?: readonly string[]): Promise<string> {
  const found = (await answers.inquiry()).find(text, kinds);
  if (found.length === 1) return found[0]!.id;
  if (found.length === 0) throw new UserError(`nothing in the last run is called ${text}${kinds ? ` (looked among ${kinds.join(', ')})` : ''}`);
  throw new UserError(`${text} names ${found.length} things; say which:\n${found.slice(0, 15).map((n) => `  ${n.kind}  ${n.name}  ${n.sources[0]?.file ? `${n.sources[0].file}:${n.sources[0].startLine ?? 1}` : ''}  ${n.id}`).join('\n')}${found.length > 15 ? `\n  … and ${found.length - 15} more` : ''}`);
}

/** Reviews over the whole estate. */
export const reviewsOf = async (answers: Answers): Promise<Reviews> => (await answers.inquiry()).reviews!;

export const startOf = async (answers: Answers, text: string): Promise<string> => (/^E[0-8]$/.test(text) ? text : text === 'internet' ? 'E0' : oneNode(answers, text));
