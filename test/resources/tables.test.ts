import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';
import { describe, expect, it } from 'vitest';
import { BY_SQUASHED, IDENTITIES, SHAPES, TERRAFORM } from '../../collectors/resources/aws/rename.gen.ts';
import { MAPPINGS } from '../../collectors/resources/mappings.gen.ts';
import { compile, missingStep, shapeOf } from '../../scripts/generate/rename.ts';

describe('rename tables', () => {
  it('name only published types and properties', async () => {
    expect((await compile()).complaints).toEqual([]);
  });

  it('notice a property that is not published', async () => {
    const shape = shapeOf(await loadAwsServiceSpec(), 'AWS::Lambda::Function');
    expect(missingStep(shape, 'VpcConfig/SubnetIds')).toBeUndefined();
    expect(missingStep(shape, 'Environment/Variables/ANY_NAME')).toBeUndefined();
    expect(missingStep(shape, 'VpcConfig/SubnetIdz')).toBe('SubnetIdz');
    expect(shapeOf(await loadAwsServiceSpec(), 'AWS::Lambda::Functions')).toBeUndefined();
  });

  it('lead only to types that are described, and each type has one meaning', () => {
    for (const [source, list] of Object.entries(TERRAFORM)) for (const r of list) expect(SHAPES[r.type], source).toBeDefined();
    expect(Object.keys(IDENTITIES).sort()).toEqual(Object.keys(SHAPES).sort());
    const types = MAPPINGS.map((m) => m.type);
    expect(types.filter((t, i) => types.indexOf(t) !== i)).toEqual([]);
    expect(BY_SQUASHED['iamrole']).toBe('AWS::IAM::Role');
  });

  it('describe every AWS type that has a meaning', () => {
    // A custom resource has whatever properties its author gave it: no schema describes them.
    expect(MAPPINGS.map((m) => m.type).filter((t) => t.startsWith('AWS::') && !SHAPES[t])).toEqual(['AWS::CloudFormation::CustomResource']);
  });
});
