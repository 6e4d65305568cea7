import { type ActionInfo, serviceTable } from './table.ts';

/**
 * The form of an ARN as published, variables made anonymous (`arn:${}:s3:::${}`), with the actions that work on it:
 * those of its own service and of the services that reach into it.
 */
export interface Shape {
  form: string;
  /** Third field. */
  service: string;
  test: RegExp;
  /** Characters that are not variables: the more, the more exact. */
  literal: number;
  actions: readonly ActionInfo[];
  /** Forms that lie below: an object in a bucket, an index of a table, a version of a function. */
  children: readonly Shape[];
}

/** Services whose actions reach into the things of another; elsewhere a foreign action only mentions the thing as a place for its output or input. */
const GUESTS: Readonly<Record<string, readonly string[]>> = {
  ec2: ['ssm', 'ec2-instance-connect'], iam: ['sts'], kafka: ['kafka-cluster'], rds: ['rds-data'], redshift: ['redshift-data'], 'redshift-serverless': ['redshift-data'], s3: ['s3express'],
};

const byService = new Map<string, readonly Shape[]>();

export const formOf = (template: string): string => template.replace(/\$\{[^}]*\}/g, '${}');

function shapesOf(service: string): readonly Shape[] {
  let list = byService.get(service);
  if (!list) byService.set(service, (list = build(service)));
  return list;
}

function build(service: string): readonly Shape[] {
  const forms = new Map<string, Set<ActionInfo>>();
  for (const s of [service, ...(GUESTS[service] ?? [])]) {
    for (const action of serviceTable(s)?.actions.values() ?? []) {
      for (const { type } of action.resources) {
        const form = formOf(type.arn);
        if (!form.startsWith(`arn:\${}:${service}:`)) continue;
        const set = forms.get(form);
        if (set) set.add(action);
        else forms.set(form, new Set([action]));
      }
    }
  }
  const made = [...forms].map(([form, actions]): Shape & { children: Shape[] } => ({
    form, service, test: pattern(form), literal: form.replaceAll('${}', '').length,
    actions: [...actions].sort((a, b) => (a.name < b.name ? -1 : 1)), children: [],
  }));
  // The most exact first, so that the first that fits is the one.
  made.sort((a, b) => b.literal - a.literal || (a.form < b.form ? -1 : 1));
  for (const s of made) for (const o of made) if (o.form.length > s.form.length && o.form.startsWith(s.form) && /^[/:]/.test(o.form.slice(s.form.length))) s.children.push(o);
  return made;
}

function pattern(form: string): RegExp {
  const parts = form.split('${}').map((x) => x.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.map((p, i) => (i === 0 ? p : `${i === parts.length - 1 && p === '' ? '.+' : '[^:]*?'}${p}`)).join('')}$`, 's');
}

/** The most exact published form that an ARN has; holes must already stand as single characters. */
export function shapeOf(arn: string): Shape | undefined {
  const from = arn.indexOf(':', arn.indexOf(':') + 1) + 1;
  return shapesOf(arn.slice(from, arn.indexOf(':', from))).find((s) => s.test.test(arn));
}
