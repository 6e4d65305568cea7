import { hasHole, type NodeRecord, type Statement } from '../../../schema/index.ts';
import { arnOf, arnParts } from './arn.ts';
import { actionGlob } from './holders.ts';

/** Tags that a statement asks of the thing: condition key → value that satisfies it. */
export type Tags = Readonly<Record<string, string>>;

const OF_THING = /^(aws|iam|ec2|ssm|ecs|lambda|rds|secretsmanager|codebuild):resourcetag\//i;
const EQUAL = /^(foranyvalue:)?string(equals|like|equalsignorecase)(ifexists)?$/i;

/** What the Allow statements that name the action ask of the tags of the thing, one entry each; those that ask nothing of them are left out. */
export function tagsAsked(statements: readonly Statement[], action: string): Tags[] {
  return statements.flatMap((s): Tags[] => {
    if (s.effect !== 'Allow' || !s.conditions || !s.actions?.some((a) => actionGlob(a).test(action))) return [];
    const tags: Record<string, string> = {};
    for (const [operator, keys] of Object.entries(s.conditions ?? {})) {
      if (!EQUAL.test(operator)) continue;
      for (const [key, values] of Object.entries(keys)) if (OF_THING.test(key) && values[0] !== undefined && !hasHole(values[0]) && !values[0].includes('${')) tags[key] = values[0].replaceAll('*', 'x').replaceAll('?', 'x');
    }
    return Object.keys(tags).length > 0 ? [tags] : [];
  });
}

/** The action that puts tags on a thing. */
export function tagAction(target: NodeRecord): string | undefined {
  const arn = arnParts(arnOf(target) ?? '');
  if (!arn) return undefined;
  if (arn.service === 'iam') return arn.resource.startsWith('user/') ? 'iam:TagUser' : arn.resource.startsWith('role/') ? 'iam:TagRole' : arn.resource.startsWith('policy/') ? 'iam:TagPolicy' : undefined;
  return arn.service === 'ec2' ? 'ec2:CreateTags' : arn.service === 'rds' ? 'rds:AddTagsToResource' : `${arn.service}:TagResource`;
}

/** Context of the request that puts the tags there. */
export const taggingContext = (tags: Tags): Record<string, string[]> => {
  const plain = Object.entries(tags).map(([key, value]) => [key.slice(key.indexOf('/') + 1), value] as const);
  return { ...Object.fromEntries(plain.map(([k, v]) => [`aws:RequestTag/${k}`, [v]])), 'aws:TagKeys': plain.map(([k]) => k) };
};

export const tagContext = (tags: Tags): Record<string, string[]> => Object.fromEntries(Object.entries(tags).map(([k, v]) => [k, [v]]));
