import type { Resource } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { fields, literal, texts } from '../properties.ts';

const PRINCIPALS = ['AWS::IAM::Role', 'AWS::IAM::User', 'AWS::IAM::ServiceLinkedRole'];

/** What a report says about last use goes onto the principal that another input describes; alone it makes nothing. */
function lastAccessed(r: Resource, ctx: MapContext): void {
  const arn = literal(r.properties['Principal']);
  const id = ctx.resolve(arn, PRINCIPALS);
  const source = ctx.source(r);
  if (id === undefined) {
    ctx.note({ code: 'unresolved', message: `${arn} of this report of last use is not in the input, or the account of its code is not known (--account-id): the report is not used`, ...(arn && { subject: arn }), ...(source && { source }) });
    return;
  }
  const used = Object.entries(fields(r.properties['Used']) ?? {}).flatMap(([service, v]) => {
    const last = literal(fields(v)?.['Last']);
    const actions = fields(fields(v)?.['Actions']);
    return last === undefined ? [] : [[service, { last, ...(actions && { actions }) }] as const];
  });
  const reportedAt = literal(r.properties['ReportedAt']);
  ctx.amend(id, { usage: { ...(reportedAt && { reportedAt }), unused: texts(r.properties['Unused']), used: Object.fromEntries(used), ...(source && { source }) } });
}

export const mappings: ResourceMapping[] = [mapping('IAM::LastAccessedReport', lastAccessed)];
