import { showHoles, type NodeRecord, type SourceChange } from '../../../schema/index.ts';
import { nodeRef } from '../../findings/ref.ts';
import { candidate, type FixKind } from '../fix-kind.ts';

/** How clients write a variable of the environment in their configuration. */
const REFERENCE: Record<string, (name: string) => string> = { project: (n) => `\${${n}}`, 'claude-code': (n) => `\${${n}}`, cursor: (n) => `\${env:${n}}`, 'vscode': (n) => `\${env:${n}}` };

/** A credential that stands in the code: a reference to where it is kept. */
export const fix: FixKind = {
  name: 'secret-by-reference',
  edits: 'value of a variable or header that holds a credential',
  at(hop, _where, g) {
    if (hop.fact !== 'CRED') return [];
    return g.in(hop.node.id, 'AUTHENTICATES_AS').flatMap((e) => {
      const c = g.nodes.get(e.from);
      return c?.kind === 'Credential' && c.props['exposedLiteral'] === true ? [moved(c)] : [];
    });
  },
};

function moved(c: NodeRecord): ReturnType<FixKind['at']>[number] {
  const at = c.sources[0];
  const name = String(c.props['location'] ?? c.name);
  const path = at?.property?.split('.') ?? [];
  const write = at?.source === 'mcp' && path.length === 2 && path[0] === 'env' ? REFERENCE[/(^|\/)\.mcp\.json$/.test(at.file ?? '') ? 'project' : /(^|\/)\.cursor\//.test(at.file ?? '') ? 'cursor' : ''] : undefined;
  const block = at && { ...at, jsonPointer: (at.jsonPointer ?? '').split('/').slice(0, -2).join('/') };
  const changes: SourceChange[] | undefined = write && block ? [{ in: 'block', at: block, path, to: write(name) }] : undefined;
  return candidate(['secret', c.id], {
    op: 'remove', what: 'Credential.exposedLiteral', node: nodeRef(c), property: at?.property, source: at, edit: { kind: 'properties', node: c.id, to: { exposedLiteral: false } },
    ...(changes ? { changes } : { noPatch: at?.source === 'mcp' ? 'how this client names a variable of the environment is not known: take the value from there, or from its own store for secrets' : 'where the secret is kept instead is not in the code: a secret manager, or a variable that is marked sensitive' }),
    text: `take ${showHoles(name)} from outside of the code, and make a new one: who has read the code has this one`, effect: 'removes Credential.exposedLiteral', mightBreak: ['it stays in the history of the repository until it is revoked', 'starts without the variable fail'],
  }, 0.9);
}
