import type { EffectClass } from '../../../schema/index.ts';
import { AUD, BENIGN, canBeVisible, canGoOn, code, POSITION, SESSION, type Aud, type Session } from '../facts.ts';
import type { Builder } from '../builder.ts';
import { allows, contractOf, NOT_DECLARED, type Contract } from '../static/contract.ts';
import { codeIdentities, serversOf } from '../static/executes.ts';
import { opens } from '../static/holds.ts';
import { effectCode } from './effects.ts';
import { escalate } from './escalate.ts';
import { usesOfTool } from './uses.ts';
import { DO } from '../words.ts';
import type { Sentences } from '../says.ts';

/** A tool runs with chosen arguments. */
export function fromTool(b: Builder, tool: number, session: Session, aud: Aud, visible: boolean): void {
  const { world } = b;
  const contract = contractOf(world.node(tool));
  const undeclared = contract.declared ? [] : [NOT_DECLARED];
  for (const { executor, requires, uses } of usesOfTool(b, tool)) {
    // On behalf of a user: nothing new in the attacker's own session, nothing at all without a user (law L3).
    if (executor.onBehalf && session !== SESSION.victim) continue;
    for (const u of uses) if (aud !== AUD.nobody || BENIGN.has(u.effect)) b.emitFor(u.cause, code.grant(aud === AUD.nobody || canGoOn(u.effect) ? aud : AUD.public, visible && canBeVisible(u.effect)), u.vertex);
    if (aud !== AUD.nobody && isUnbounded(contract)) escalate(b, 'from-tool', executor.identity, POSITION.portable, aud, visible, { edges: executor.edges, requires });
  }
  for (const w of world.out('WRITES_TO', tool)) {
    const effect: EffectClass = world.kind(world.to[w]!) === 'Channel' ? 'send' : 'write';
    if (allows(contract, effect) && aud !== AUD.nobody) b.emit('from-tool/platform-effect', effectCode(world, effect, world.to[w]!, aud, visible), world.to[w]!, { edges: [w], requires: undeclared });
  }
  if (aud === AUD.nobody) return;
  for (const e of world.out('EXECUTES_IN', tool)) b.emit('from-tool/execution', code.exec(aud, visible), world.to[e]!, { edges: [e] });
  stealCredentials(b, tool, visible);
}

/** A technique needs permission effects and chosen targets: inside the contract when nothing bounds it, or when permission is named. */
const isUnbounded = (c: Contract): boolean => c.resources === undefined && allows(c, 'permission');

const FETCHES: ReadonlySet<string> = new Set(['http_generic', 'browser']);
/** Compute whose platform offers credentials at an address, when it was not read whether it does. */
const HAS_METADATA: ReadonlySet<string> = new Set(['vm', 'container', 'pod', 'k8s_node', 'microvm']);

/** Metadata service by a plain GET, or credential files: an http, browser or file tool that runs where an identity does. */
function stealCredentials(b: Builder, tool: number, visible: boolean): void {
  const { world } = b;
  const toolClass = world.prop<string>(tool, 'toolClass') ?? '';
  const files = toolClass === 'file_generic';
  if (!files && !FETCHES.has(toolClass)) return;
  // A file tool that is kept to named folders does not get at credential files.
  if (files && world.prop(tool, 'resources') !== undefined) return;
  for (const place of [tool, ...serversOf(world, tool).map((s) => s.node)])
    for (const i of [...world.out('IMPLEMENTED_BY', place), ...world.out('EXECUTES_IN', place)]) {
      const k = world.to[i]!;
      const name = world.node(k).name;
      const metadata = world.prop<string>(k, 'metadataService') ?? (HAS_METADATA.has(world.prop<string>(k, 'computeType') ?? '') ? 'unknown' : 'none');
      const needs = files ? [`credential files of ${name} can be read`] : metadata === 'open' ? [] : metadata === 'unknown' ? [`the metadata service of ${name} answers plain requests`] : undefined;
      if (!needs) continue;
      const position = visible ? POSITION.portable : POSITION.mute;
      for (const r of codeIdentities(world, k)) b.emit('from-tool/credential', code.cred(position), world.to[r]!, { edges: [i, r], requires: needs });
      if (files) for (const o of opens(world, k)) b.emit('from-tool/credential', code.cred(o.ipRestricted || o.senderConstrained ? POSITION.mute : position), o.identity, { edges: [i, ...o.edges], requires: needs });
    }
}

export const fromToolSays: Sentences = {
  'from-tool/effect': ({ from, to, effect, identity }) => `${from} acts as ${identity}, which may ${DO[effect!] ?? effect} ${to}`,
  'from-tool/platform-effect': ({ from, to }) => `${from} writes to ${to}`,
  'from-tool/execution': ({ from, to }) => `${from} runs the model's code in ${to}`,
  'from-tool/credential': ({ from, to }) => `${from} can fetch the credentials of ${to}`,
  'from-tool/escalate': ({ from, to, technique }) => `${from} can be used to become ${to}${technique ? ` (${technique})` : ''}`,
  'from-tool/admin': ({ to }) => `that makes the attacker administrator of ${to}`,
};
