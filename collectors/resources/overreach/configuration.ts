import { isUnknown, type Resource } from '../../../schema/index.ts';
import { mapping, type MapContext, type ResourceMapping } from '../../define.ts';
import { at, fields, flag, known, list, literal, number, pointer, prop, text, texts } from '../properties.ts';

/**
 * What people say about the estate: the entries as written, for the questions that need them later, and the channels that no other source
 * knows. What they say about nodes is laid on the finished graph (`overrides.ts`).
 */

function mapConfig(r: Resource, ctx: MapContext): void {
  ctx.node(r, { kind: 'Control', type: 'overreach.config', nativeId: `overreach:config:${ctx.nativeId(r)}`, name: r.root === '' ? 'overreach.yaml' : `${r.root}/overreach.yaml`, props: { config: r.properties } });
  list(prop(r, 'channels')).forEach((entry, i) => {
    const id = literal(at(entry, 'id'));
    if (id === undefined || isUnknown(entry) || fields(entry) === undefined) return;
    const recipients = at(entry, 'recipients');
    ctx.node(r, {
      kind: 'Channel', type: 'overreach.channel', nativeId: `${ctx.nativeId(r)}#channel/${id}`, name: id, sources: [ctx.source(r, pointer('channels', i))].filter((s) => s !== undefined),
      props: known({
        channelType: 'declared', writableBy: nonEmpty(texts(at(entry, 'writableBy'))), readableBy: nonEmpty(texts(at(entry, 'readableBy'))),
        recipients: Array.isArray(recipients) ? 'fixed' : text(recipients), rendersLinks: flag(at(entry, 'rendersLinks')),
      }),
    });
  });
}

const nonEmpty = (xs: string[]): string[] | undefined => (xs.length > 0 ? xs : undefined);

/** A comment above a block that accepts a rule there. */
function mapIgnore(r: Resource, ctx: MapContext): void {
  ctx.node(r, {
    kind: 'Control', type: 'overreach.ignore', name: `ignore ${text(prop(r, 'rule')) ?? ''}`,
    props: known({ rule: text(prop(r, 'rule')), file: text(prop(r, 'file')), blockLine: number(prop(r, 'blockLine')), reason: text(prop(r, 'reason')), until: text(prop(r, 'until')) }),
  });
}

export const mappings: readonly ResourceMapping[] = [mapping('Overreach::Config', mapConfig), mapping('Overreach::Ignore', mapIgnore)];
