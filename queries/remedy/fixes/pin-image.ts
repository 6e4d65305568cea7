import { hasHole, showHoles, type EdgeRecord, type NodeRecord, type SourceChange, type SourceRef } from '../../../schema/index.ts';
import { nodeRef } from '../../findings/ref.ts';
import { asked } from '../asked.ts';
import { candidate, list, type FixGraph, type FixKind } from '../fix-kind.ts';

/** An image or package that its publisher may change at any time: one build, by its digest or the version of its object. */
export const fix: FixKind = {
  name: 'pin-image',
  edits: 'reference of an image or package',
  at(hop, { index }, g) {
    const n = hop.fact === 'CONFIG' && index === 0 ? g.nodes.get(hop.node.id) : undefined;
    if (n?.kind !== 'Artifact' || n.props['pinned'] !== false) return [];
    const users = g.in(n.id, 'BUILT_FROM');
    const at = users[0]?.evidence[0]?.source ?? n.sources[0];
    const archive = n.type === 'aws.s3.object';
    const changes = users.flatMap((e) => changeOf(e, n, g) ?? []);
    const by = archive ? 'the version of its object' : 'its digest';
    return [candidate(['pin', n.id], {
      op: 'narrow', what: 'Artifact.pinned', node: nodeRef(n), property: at?.property, source: at, edit: { kind: 'properties', node: n.id, to: { pinned: true, mutable: false } },
      ...(users.length > 0 && changes.length === users.length ? { changes } : { noPatch: `which build of ${showHoles(n.name)} is in use is not in the code: ${archive ? 'name the version of its object beside its key' : 'write its digest behind the name (@sha256:…)'}` }),
      text: `start ${list(users.map((e) => g.name(e.from)))} from one build of ${showHoles(n.name)}, by ${by}, which the next plan or deployment asks for`, effect: 'narrows Artifact.pinned to true',
      mightBreak: [`updates come only by a change of ${by}${archive ? '; the bucket has to keep versions' : ''}`],
    }, 1.5)];
  },
};

/** Where archives of these types have the version of their object. */
const VERSION: readonly { of: RegExp; path: readonly string[] }[] = [
  { of: /^(AWS::Lambda::Function|aws_lambda_function)$/, path: ['Code', 'S3ObjectVersion'] },
  { of: /^AWS::Serverless::Function$/, path: ['CodeUri', 'Version'] },
  { of: /^(AWS::BedrockAgentCore::Runtime|aws_bedrockagentcore_agent_runtime)$/, path: ['AgentRuntimeArtifact', 'CodeConfiguration', 'Code', 'S3', 'VersionId'] },
];
/** Where images stand: what is written there names the image and nothing else. */
const IMAGE: readonly { of: RegExp; path: readonly string[] }[] = [
  { of: /^(AWS::Lambda::Function|aws_lambda_function)$/, path: ['Code', 'ImageUri'] },
  { of: /^AWS::Serverless::Function$/, path: ['ImageUri'] },
  { of: /^(AWS::BedrockAgentCore::Runtime|aws_bedrockagentcore_agent_runtime)$/, path: ['AgentRuntimeArtifact', 'ContainerConfiguration', 'ContainerUri'] },
];

function changeOf(built: EdgeRecord, n: NodeRecord, g: FixGraph): SourceChange | undefined {
  const user = g.nodes.get(built.from);
  const at: SourceRef | undefined = user?.sources[0];
  const type = user?.sourceType ?? '';
  const archive = n.type === 'aws.s3.object';
  const path = (archive ? VERSION : IMAGE).find((v) => v.of.test(type))?.path;
  if (!at || !path) return undefined;
  if (archive) return { in: 'block', at, path: [...path], to: asked('object version', `Version of ${showHoles(n.name)} that was reviewed`) };
  const uri = String(n.props['location'] ?? '');
  if (hasHole(uri) || uri === '') return undefined;
  const name = uri.replace(/:[^:/@]*$/, '');
  return { in: 'block', at, path: [...path], from: uri, to: `${name}@${asked('image digest', `Digest (sha256:...) of the build of ${name} that was reviewed`)}` };
}
