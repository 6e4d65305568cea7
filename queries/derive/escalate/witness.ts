import { THINGS } from '../../../knowledge/techniques/index.ts';
import { hasHole } from '../../../schema/index.ts';
import { arnParts } from './arn.ts';
import { actionGlob } from './holders.ts';

/** Where the actor stands; a new thing is made there. */
export interface Place { partition: string; region: string; account: string }

/** A name that nobody gave; it stands for any name the attacker chooses. */
const NEW = 'overreach-new-thing';
const LIMIT = 12;

export function fillTemplate(template: string, at: Place, name: string): string {
  return template.replace('{p}', at.partition).replace('{r}', at.region).replace('{a}', at.account).replaceAll('{n}', name);
}

/**
 * ARNs of a new thing that the actor could be allowed to make, judged by the resource patterns it holds: the plain template, and for each
 * narrower pattern one ARN that fits it. Deciding the permissions on them answers “is there a name for which all are allowed?”.
 */
export function witnesses(thing: string | undefined, patterns: Iterable<string>, at: Place): string[] {
  const template = thing === undefined ? undefined : THINGS[thing]?.arn;
  const plain = template === undefined ? '*' : fillTemplate(template, at, NEW);
  const out = new Set<string>([plain]);
  const want = template === undefined ? undefined : arnParts(plain);
  for (const p of patterns) {
    if (out.size >= LIMIT) break;
    if (p === '*' || (!hasHole(p) && actionGlob(p).test(plain))) continue;
    const got = arnParts(p);
    if (!got) continue;
    if (want && !/[*?]/.test(got.service) && got.service !== want.service) continue;
    const arn = `arn:${wild(got.partition, at.partition)}:${wild(got.service, want?.service ?? got.service)}:${wild(got.region, want ? want.region && at.region : at.region)}:${wild(got.account, want && want.account === '' ? '' : at.account)}:${got.resource.replace(/\*/g, NEW).replace(/\?/g, 'x')}`;
    const made = arnParts(arn)!;
    if (want && typeOf(made.resource) !== typeOf(want.resource)) continue;
    out.add(arn);
  }
  return [...out];
}

const wild = (text: string, fallback: string): string => (/[*?]/.test(text) ? fallback : text);
const typeOf = (resource: string): string => /^([A-Za-z][A-Za-z-]*)[/:]/.exec(resource)?.[1]?.toLowerCase() ?? '';
