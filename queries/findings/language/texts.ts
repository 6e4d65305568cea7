import { z } from 'zod';
import { parsePath } from './path.ts';
import { parseFact, parseStep } from './pattern.ts';

/** Texts of the rule language, parsed when a rule is loaded so that a mistake is an error there and not a silent miss. */
const readable = (parse: (s: string) => unknown) => z.string().superRefine((s, ctx) => {
  try {
    parse(s);
  } catch (e) {
    ctx.addIssue({ code: 'custom', message: (e as Error).message });
  }
});
export const FactText = readable(parseFact);
export const StepText = readable(parseStep);
export const PathText = readable(parsePath);
/** One or several. */
export const many = (t: z.ZodType<string, string>) => z.preprocess((v) => (typeof v === 'string' ? [v] : v), z.array(t));
