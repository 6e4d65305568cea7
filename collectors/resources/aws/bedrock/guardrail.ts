import { stableHash, type Resource, type Value } from '../../../../schema/index.ts';
import type { MapContext } from '../../../define.ts';
import { at, flag, known, list, literal, pointer, prop, text } from '../../properties.ts';
import { encryptedWith } from '../shared.ts';

const POLICIES: [policy: string, filters: string][] = [
  ['ContentPolicyConfig', 'FiltersConfig'], ['TopicPolicyConfig', 'TopicsConfig'], ['WordPolicyConfig', 'WordsConfig'], ['WordPolicyConfig', 'ManagedWordListsConfig'],
  ['SensitiveInformationPolicyConfig', 'PiiEntitiesConfig'], ['SensitiveInformationPolicyConfig', 'RegexesConfig'], ['ContextualGroundingPolicyConfig', 'FiltersConfig'],
];

/** Filters block unless told otherwise; `NONE` only reports, a disabled or zero-strength side does not look at all. */
function side(filter: Value, which: 'Input' | 'Output'): 'enforce' | 'detect' | undefined {
  if (flag(at(filter, `${which}Enabled`)) === false || flag(at(filter, 'Enabled')) === false) return undefined;
  if (literal(at(filter, `${which}Strength`)) === 'NONE') return undefined;
  const action = literal(at(filter, `${which}Action`)) ?? literal(at(filter, 'Action'));
  return action === 'NONE' ? 'detect' : 'enforce';
}

/** A guardrail: which surfaces it inspects, whether it blocks, and whether it looks for prompt attacks at all. */
export function mapGuardrail(r: Resource, ctx: MapContext): void {
  const filters = POLICIES.flatMap(([policy, key]) => list(prop(r, policy, key)).map((filter) => ({ policy, filter })));
  const input = new Set<string>();
  const output = new Set<string>();
  for (const { policy, filter } of filters) {
    const grounding = policy === 'ContextualGroundingPolicyConfig';
    const attack = literal(at(filter, 'Type')) === 'PROMPT_ATTACK';
    const i = grounding ? undefined : side(filter, 'Input');
    const o = attack ? undefined : side(filter, 'Output');
    if (i) input.add(i);
    if (o) output.add(o);
  }
  const attack = filters.map(({ filter }) => filter).find((f) => literal(at(f, 'Type')) === 'PROMPT_ATTACK');
  const attackMode = attack === undefined ? undefined : side(attack, 'Input');
  const guardrail = ctx.node(r, {
    kind: 'Control',
    props: known({
      controlType: 'guardrail', arn: r.nativeId, mode: attackMode ?? (input.has('enforce') || output.has('enforce') ? 'enforce' : 'detect'), promptAttack: attackMode !== undefined,
      surfaces: [...(input.size ? ['user_input'] : []), ...(output.size ? ['final_output'] : [])], enforcedBy: 'platform', enforcedOutsideCompute: true,
    }),
  });
  encryptedWith(ctx, r, guardrail, 'KmsKeyArn');
}

/** Account-wide guardrail: stands before every agent of the scope. */
export function mapEnforcedGuardrail(r: Resource, ctx: MapContext): void {
  const control = ctx.resolve(prop(r, 'GuardrailIdentifier'), ['AWS::Bedrock::Guardrail'], { kind: 'Control', type: 'aws.bedrock.guardrail' });
  if (control) ctx.edge({ kind: 'GUARDED_BY', from: ctx.scopeOf(r), to: control, evidence: ctx.evidence(r, '/GuardrailIdentifier') });
}

/** A managed prompt: an artifact that agents and flows are built from, known by its hash. */
export function mapPrompt(r: Resource, ctx: MapContext): void {
  const variants = list(prop(r, 'Variants'));
  const written = variants.map((v) => text(at(v, 'TemplateConfiguration', 'Text', 'Text')) ?? JSON.stringify(at(v, 'TemplateConfiguration') ?? null)).join('\n');
  const prompt = ctx.node(r, { kind: 'Artifact', props: known({ artifactType: 'prompt', arn: r.nativeId, length: written.length, hash: stableHash(written), mutable: true }) });
  encryptedWith(ctx, r, prompt, 'CustomerEncryptionKeyArn');
  variants.forEach((v, i) => {
    const path = ['Variants', i, 'TemplateConfiguration', 'Text', 'TextS3Location', 'Bucket'];
    const bucket = ctx.resolve(prop(r, ...path), ['AWS::S3::Bucket'], { kind: 'DataStore', type: 'aws.s3.bucket' });
    if (bucket) ctx.edge({ kind: 'CONTAINS', from: bucket, to: prompt, evidence: ctx.evidence(r, pointer(...path)) });
  });
}
