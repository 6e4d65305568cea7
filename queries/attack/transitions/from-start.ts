import type { EntryClass, Evidence } from '../../../schema/index.ts';
import { AUD, audienceOf, code, POSITION, SESSION } from '../facts.ts';
import type { Builder } from '../builder.ts';
import { acceptedBy } from '../static/accepts.ts';
import { controlsOn, gateFor, isInteractive } from '../static/gates.ts';
import { toTool } from './onward.ts';
import type { Sentences } from '../says.ts';

/** What an entry class can do at first (model 4.5). */
export function fromStart(b: Builder, entry: EntryClass): void {
  const { world } = b;
  const aud = audienceOf(entry);
  if (entry === 'E7') { mistakes(b); return; }
  for (const e of world.edgesOf('REACHES')) {
    if (world.kind(world.from[e]!) === 'Compute') continue; // a foothold, not a class: from-execution
    const to = world.to[e]!;
    const network = world.edgeProp<string>(e, 'from') ?? 'private';
    if (world.kind(to) !== 'Endpoint') continue;
    for (const a of acceptedBy(world, to, network))
      if (a.entry === entry) b.emit('from-start/presence', code.presence(aud, world.prop(to, 'repliesToCaller') !== false), to, { edges: [e], verdict: a.verdict, requires: a.requires, evidence: written(b, to, `auth ${world.prop<string>(to, 'auth') ?? 'not read'}`), tag: entry });
  }
  for (const kind of ['Channel', 'DataStore', 'Artifact'] as const)
    for (const c of world.ofKind(kind)) if (world.prop<string[]>(c, 'writableBy')?.includes(entry)) b.emit('from-start/content', code.content(aud as 0 | 1 | 2), c, { evidence: written(b, c, 'writable from outside'), tag: `${c}` });
  if (entry === 'E5') for (const r of world.ofKind('Repository')) b.emit('from-start/config', code.config(AUD.tenant), r, { evidence: written(b, r), tag: `${r}` });
  if (entry === 'E6') suppliers(b);
  credentials(b, entry);
}

/** E7: nobody attacks, the agent errs. */
function mistakes(b: Builder): void {
  const { world } = b;
  for (const e of world.edgesOf('HAS_TOOL')) {
    if (world.edgeProp(e, 'enabled') === false) continue;
    const session = isInteractive(world, world.from[e]!) ? SESSION.victim : SESSION.none;
    const gate = gateFor(world, controlsOn(world, world.to[e]!, e), session);
    toTool(b, 'from-start/mistake', world.to[e]!, session, AUD.nobody, false, { edges: [e], requires: gate.requires, gates: gate.gates });
  }
}

/** E6: what a third party delivers without being pinned, or runs itself. */
function suppliers(b: Builder): void {
  const { world } = b;
  const start = (node: number, publisher: string | undefined, text?: string): void => {
    const unsure = publisher === 'unknown' ? { verdict: 'unknown' as const, requires: [`who publishes ${world.node(node).name}`] } : {};
    if (publisher === 'third_party' || publisher === 'unknown') b.emit('from-start/config', code.config(AUD.public), node, { evidence: written(b, node, text), tag: `${node}`, ...unsure });
  };
  for (const s of world.ofKind('ToolServer')) {
    const isRemote = world.prop<string>(s, 'url') !== undefined && world.prop<string>(s, 'command') === undefined;
    if (world.prop(s, 'pinned') !== true || isRemote) start(s, world.prop<string>(s, 'publisher'));
  }
  for (const a of world.ofKind('Artifact'))
    if (world.prop(a, 'pinned') === false && world.in('BUILT_FROM', a).length > 0) start(a, world.prop<string>(a, 'publisher') ?? 'unknown', 'not pinned');
}

function credentials(b: Builder, entry: EntryClass): void {
  const { world } = b;
  if (entry === 'E8' || entry === 'E6')
    for (const e of world.edgesOf('AUTHENTICATES_AS')) {
      const c = world.from[e]!;
      const p = world.to[e]!;
      if (world.kind(p) !== 'Identity' || world.prop(c, 'ipRestricted') === true) continue;
      const theirs = entry === 'E8' ? world.prop(c, 'exposedLiteral') === true : world.prop(c, 'heldBy') === 'vendor';
      if (theirs) b.emit('from-start/credential', code.cred(POSITION.portable), p, { edges: [e], evidence: written(b, c), tag: `${c}` });
    }
  for (const p of world.ofKind('Identity'))
    if (world.prop<string[]>(p, 'obtainableBy')?.includes(entry)) b.emit('from-start/credential', code.cred(POSITION.portable), p, { evidence: written(b, p), tag: `${p}` });
}

/** Where a node is written, as evidence that it is as it is. */
const written = (b: Builder, node: number, text?: string): Evidence[] =>
  b.world.node(node).sources.slice(0, 1).map((source) => ({ source, basis: 'code', ...(text ? { text } : {}) }));

export const fromStartSays: Sentences = {
  'from-start/presence': ({ from, to }) => `${from} can send requests to ${to}, and they are accepted`,
  'from-start/content': ({ from, to }) => `${from} can place content in ${to}`,
  'from-start/config': ({ from, to }) => `${from} can change ${to}`,
  'from-start/credential': ({ from, to }) => `${from} can obtain a credential of ${to}`,
  'from-start/mistake': ({ to }) => `an agent may call ${to} by mistake`,
};
