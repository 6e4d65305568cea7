import { isSensitive } from '../../../queries/derive/sensitivity/index.ts';
import { codeIdentities } from '../../../queries/derive/routes.ts';
import type { Grant } from '../../../queries/policy/types.ts';
import type { NodeRecord } from '../../../schema/index.ts';
import type { KeyFinding } from '../findings.ts';
import type { Loaded } from '../load.ts';
import { keyNode, places } from '../nodes.ts';

/** Services that act as a role to call the tools of an agent: what such a role may invoke is a target. */
const AGENT_PLATFORM = /^bedrock(-agentcore)?\.amazonaws\.com/;

/** Sensitive data behind the code of a tool: who may invoke it reads, by asking, what its role reads. */
export function toolChains({ estate }: Loaded): KeyFinding[] {
  const { snapshot: s, access } = estate;
  const out = new Map<string, KeyFinding>();
  for (const start of s.ofKind('Identity')) {
    if (!['user', 'role'].includes(String(start.props['identityType'])) || start.completeness === 'none' || start.props['isAdmin'] === true) continue;
    const calls = ((start.props['trustedServices'] as string[] | undefined) ?? []).some((x) => AGENT_PLATFORM.test(x));
    for (const g of access.grantsOf(start.id)) {
      if ((g.effect !== 'invoke' && g.effect !== 'execute') || g.verdict === 'unknown') continue;
      for (const id of g.assets) {
        const code = s.node(id);
        if (code?.kind !== 'Compute' || !(calls || servesTool(code))) continue;
        for (const role of codeIdentities(s, code.id)) if (role.id !== start.id) for (const { asset, by } of read(role)) {
          out.set(`${start.id} ${code.id} ${asset.id}`, {
            kind: 'data-access-path', source: keyNode(start), target: keyNode(asset), targetSensitivity: 'sensitive-data', via: [keyNode(code), keyNode(role)],
            technique: { ids: ['x-agent-tool-chain'], permissions: g.actions.slice() }, iac: places([...g.evidence, ...by.evidence]),
          });
        }
      }
    }
  }
  return [...out.values()];

  function servesTool(code: NodeRecord): boolean {
    return s.in(code.id, 'IMPLEMENTED_BY', 'EXECUTES_IN').some((e) => ['Tool', 'ToolServer'].includes(s.node(e.from)!.kind));
  }

  function* read(role: NodeRecord): Iterable<{ asset: NodeRecord; by: Grant }> {
    for (const by of access.grantsOf(role.id)) {
      if ((by.effect !== 'read' && by.effect !== 'credential') || by.verdict === 'unknown') continue;
      for (const id of by.assets) {
        const asset = s.node(id);
        if (asset && (asset.kind === 'DataStore' || asset.kind === 'Secret') && asset.props['any'] !== true && isSensitive(estate.sensitivity.get(id))) yield { asset, by };
      }
    }
  }
}
