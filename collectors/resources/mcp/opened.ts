import type { KnownTool, Opened } from '../../../knowledge/tools/index.ts';
import type { EffectClass, Evidence } from '../../../schema/index.ts';
import type { MapContext } from '../../define.ts';
import { known, prop } from '../properties.ts';
import { partOf } from '../nodes.ts';
import type { Account } from './account.ts';
import { placesOf, type Place } from './addresses.ts';
import { sourcesAt, type Entry } from './entry.ts';
import { effectsIn, isReadOnly } from './read-only.ts';

const DATA: readonly EffectClass[] = ['list', 'read', 'write', 'delete'];

/**
 * What stands behind a known server, by the ids of its catalogue entry: stores and channels with what the account may do to them as far as
 * the tools ask for it. Which part of it the account really opens is not in the configuration, so it is a condition.
 */
export function openedBy(e: Entry, account: Account | undefined, ctx: MapContext): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const o of e.catalogue?.opens ?? []) {
    const places = o.at === 'arguments' ? placesOf(e.r, e.launch?.rest.length ?? 0) : [];
    const nodes = places.length > 0 ? places.map((p) => placed(e, o, p, ctx)) : [named(e, o, ctx)];
    found.set(o.id, nodes.map((n) => n.id));
    const effects = effectsOn(e, o);
    for (const n of nodes) {
      if (account && effects.length > 0) {
        ctx.edge({ kind: 'CAN', from: account.id, to: n.id, discriminator: e.server, verdict: 'conditional', requires: [account.unread], props: { effects }, evidence: stated(e, n.where, ctx) });
      }
      if (o.feeds && e.client && !e.disabled) ctx.edge({ kind: 'FEEDS', from: n.id, to: e.client.agent, discriminator: o.feeds, props: { mode: o.feeds }, evidence: stated(e, n.where, ctx) });
    }
  }
  return found;
}

interface Thing { id: string; where: string }

/** One folder or address of the arguments. */
function placed(e: Entry, o: Opened, p: Place, ctx: MapContext): Thing {
  const id = ctx.node(e.r, { kind: 'DataStore', nativeId: partOf(e.server, `store/${p.name}`), type: `local.${o.store!.replaceAll('_', '')}`, name: p.name, sources: sourcesAt(e, p.where, ctx), props: known({ storeType: o.store, location: p.name, recovery: o.recovery }) });
  return { id, where: p.where };
}

/** What the account opens, where only the service is known. */
function named(e: Entry, o: Opened, ctx: MapContext): Thing {
  const where = prop(e.r, 'command') === undefined ? '/url' : '/command';
  const name = `${o.says ?? o.id} that ${e.name} opens`;
  const common = { name, sources: sourcesAt(e, where, ctx) };
  const id = o.channel === undefined
    ? ctx.node(e.r, { ...common, kind: 'DataStore', nativeId: partOf(e.server, `opens/${o.id}`), type: `mcp.${o.store!.replaceAll('_', '')}`, props: known({ storeType: o.store, writableBy: o.writableBy, recovery: o.recovery, any: o.store === 'any' ? true : undefined }) })
    : ctx.node(e.r, { ...common, kind: 'Channel', nativeId: partOf(e.server, `opens/${o.id}`), type: 'mcp.channel', props: known({ channelType: o.channel, writableBy: o.writableBy, readableBy: o.readableBy, recipients: o.recipients }) });
  return { id, where };
}

/** Effects that the tools on a thing ask for together. A channel is sent to, whatever writing there is called. */
function effectsOn(e: Entry, o: Opened): EffectClass[] {
  const tools = e.catalogue!.tools.filter((t) => worksOn(t, o.id));
  const readOnly = isReadOnly(e.r);
  const asked = new Set(tools.flatMap((t) => effectsIn(t.all ? DATA : (t.effects ?? []), readOnly)));
  if (o.channel !== undefined) return asked.has('send') || asked.has('write') ? ['send'] : [];
  return [...asked].filter((x) => x !== 'send').sort();
}

export const worksOn = (t: KnownTool, id: string): boolean => t.on === undefined || t.on.includes(id);

const stated = (e: Entry, where: string, ctx: MapContext): Evidence[] => ctx.evidence(e.r, where, `opened by ${e.catalogue!.id}`).map((x) => ({ ...x, basis: 'declared' as const, document: e.catalogue!.source }));
