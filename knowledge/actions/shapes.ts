import { type ActionInfo, services, serviceTable } from './table.ts';

/**
 * The form of an ARN as published, variables made anonymous (`arn:${}:s3:::${}`), with every action that names it.
 * Services share forms: `ssm:SendCommand` names the instance of EC2.
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

let byService: ReadonlyMap<string, readonly Shape[]> | undefined;
let byForm: ReadonlyMap<string, Shape> | undefined;

function build(): void {
  const forms = new Map<string, Set<ActionInfo>>();
  for (const s of services()) {
    for (const action of serviceTable(s)!.actions.values()) {
      for (const { type } of action.resources) {
        const form = type.arn.replace(/\$\{[^}]*\}/g, '${}');
        if (!/^arn:\$\{\}:[a-z0-9-]+:/.test(form)) continue;
        const set = forms.get(form);
        if (set) set.add(action);
        else forms.set(form, new Set([action]));
      }
    }
  }
  const sorted = [...forms].sort(([a], [b]) => (a < b ? -1 : 1));
  const made = new Map<string, Shape & { children: Shape[] }>();
  for (const [form, actions] of sorted) {
    const source = form.split('${}').map((x) => x.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('\u0000').replace(/\u0000(?=.)/gs, '[^:]*?').replace(/\u0000$/, '.+');
    made.set(form, { form, service: form.split(':')[2]!, test: new RegExp(`^${source}$`, 's'), literal: form.replaceAll('${}', '').length, actions: [...actions].sort((a, b) => (a.name < b.name ? -1 : 1)), children: [] });
  }
  const services_ = new Map<string, Shape[]>();
  for (const shape of made.values()) {
    for (const other of made.values()) if (other.form.length > shape.form.length && other.service === shape.service && other.form.startsWith(shape.form) && /^[/:]/.test(other.form.slice(shape.form.length))) shape.children.push(other);
    const list = services_.get(shape.service);
    if (list) list.push(shape);
    else services_.set(shape.service, [shape]);
  }
  byService = services_;
  byForm = made;
}

/** The most exact published form that an ARN has; holes must already stand as single characters. */
export function shapeOf(arn: string): Shape | undefined {
  if (!byService) build();
  let best: Shape | undefined;
  for (const s of byService!.get(arn.split(':')[2] ?? '') ?? []) if ((!best || s.literal > best.literal) && s.test.test(arn)) best = s;
  return best;
}

export function shapeByForm(form: string): Shape | undefined {
  if (!byForm) build();
  return byForm!.get(form);
}
