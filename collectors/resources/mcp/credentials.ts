import { hasHole } from '../../../schema/index.ts';
import type { MapContext } from '../../define.ts';
import { holdNamed } from '../held.ts';
import { partOf } from '../nodes.ts';
import { fields, list, pointer, prop, text } from '../properties.ts';
import { isReference, secretName } from '../secrets.ts';
import { sourcesAt, type Entry } from './entry.ts';

/** A credential that a server acts with. `where`: JSON pointer into the properties. */
export interface Used { id: string; name: string; where: string }

/** Credentials that a server is given, each with its USES_CREDENTIAL edge: literals are held, references and profiles are only used. */
export function credentialsOf(e: Entry, ctx: MapContext): Used[] {
  const used = [...settings(e, ctx), ...argumentsOf(e, ctx), ...profiles(e, ctx)];
  return used.filter((u, i) => used.findIndex((o) => o.id === u.id) === i);
}

/** Names of variables that carry a whole connection, its password included. */
const CONNECTION = /(database|db|pg|postgres(ql)?|mysql|mongo(db)?|redis|connection)_(url|uri|dsn|string)$/i;

/** Environment and headers. A remote server receives what its headers carry. */
function settings(e: Entry, ctx: MapContext): Used[] {
  const { r, server } = e;
  const found: Used[] = [];
  for (const key of ['env', 'headers', 'http_headers']) {
    for (const [name, value] of Object.entries(fields(prop(r, key)) ?? {})) {
      const written = text(value);
      if (written === undefined) continue;
      const where = pointer(key, name);
      const held = holdNamed(ctx, r, server, where, name, written);
      if (held !== undefined) found.push(uses(e, held, name, where, ctx));
      else if ((secretName(name) || CONNECTION.test(name)) && isReference(written)) found.push(referred(e, name, where, ctx));
    }
  }
  const url = text(prop(r, 'url'));
  const inUrl = url === undefined ? undefined : holdNamed(ctx, r, server, '/url', 'url', url);
  if (inUrl !== undefined) found.push(uses(e, inUrl, 'url', '/url', ctx));
  return found;
}

/** `--api-key value`, `--token=value`, addresses with a password, variables handed into a container. */
function argumentsOf(e: Entry, ctx: MapContext): Used[] {
  const { r, server } = e;
  const args = list(prop(r, 'args')).map((a) => text(a) ?? '');
  const environment = fields(prop(r, 'env')) ?? {};
  return args.flatMap((arg, i) => {
    const where = pointer('args', i);
    const [flagName, inline] = arg.startsWith('-') && arg.includes('=') ? [arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1)] : [undefined, undefined];
    const before = args[i - 1];
    const handedIn = /^(-e|--env)$/.test(before ?? '');
    if (handedIn && !arg.includes('=')) return secretName(arg) && !(arg in environment) ? [referred(e, arg, where, ctx)] : [];
    const named = handedIn ? { name: arg.slice(0, arg.indexOf('=')), value: arg.slice(arg.indexOf('=') + 1) }
      : flagName !== undefined ? { name: flagName, value: inline! }
        : { name: before?.startsWith('-') ? before : `argument ${i + 1}`, value: arg };
    const name = named.name.replace(/^-+/, '');
    const held = holdNamed(ctx, r, server, where, name, named.value);
    if (held !== undefined) return [uses(e, held, name, where, ctx)];
    return secretName(name) && isReference(named.value) ? [referred(e, name, where, ctx)] : [];
  });
}

/** A named profile of the cloud's command line: which rights it has stands on the workstation. */
function profiles(e: Entry, ctx: MapContext): Used[] {
  return ([['AWS_PROFILE', 'aws_profile'], ['CLOUDSDK_ACTIVE_CONFIG_NAME', 'gcloud_configuration'], ['KUBECONFIG', 'kubeconfig']] as const).flatMap(([key, credType]) => {
    const profile = text(prop(e.r, 'env', key));
    if (profile === undefined) return [];
    const where = pointer('env', key);
    const credential = ctx.node(e.r, {
      kind: 'Credential', nativeId: partOf(e.server, `profile/${key}`), type: credType.replaceAll('_', '.'), name: hasHole(profile) ? key : profile, sources: sourcesAt(e, where, ctx),
      props: { credType, exposedLiteral: false, heldBy: 'us', location: key },
    });
    return [uses(e, credential, profile, where, ctx, key)];
  });
}

function referred(e: Entry, name: string, where: string, ctx: MapContext): Used {
  const credential = ctx.node(e.r, {
    kind: 'Credential', nativeId: partOf(e.server, `reference/${name}`), type: 'literal.reference', name, sources: sourcesAt(e, where, ctx),
    props: { credType: 'token', exposedLiteral: false, location: name, heldBy: 'us' },
  });
  return uses(e, credential, name, where, ctx);
}

function uses(e: Entry, id: string, name: string, where: string, ctx: MapContext, discriminator?: string): Used {
  ctx.edge({ kind: 'USES_CREDENTIAL', from: e.server, to: id, ...(discriminator !== undefined && { discriminator }), props: { delegation: 'service' }, evidence: ctx.evidence(e.r, where, name) });
  return { id, name, where };
}
