import { splitHoles } from '../../../../../schema/index.ts';
import { box, Dict, isPlainHole, MAP, STRING, textData, undecided } from '../box.ts';
import { fail } from '../failure.ts';
import { type FunctionDefinition, lenient } from './define.ts';

/** Functions that the AWS provider brings along. */
export const provider: readonly FunctionDefinition[] = [
  lenient('provider::aws::arn_parse', 1, MAP, (a) => {
    const text = a.text(0);
    if (splitHoles(text).some((p) => typeof p !== 'string' && !isPlainHole(p) && text.indexOf('\uE000') < 6)) return undecided(`arn_parse(${a.shown})`, MAP);
    const parts = /^arn:([^:]*):([^:]*):([^:]*):([^:]*):([\s\S]*)$/.exec(text) ?? fail('not an ARN');
    return new Dict(new Map(['partition', 'service', 'region', 'account_id', 'resource'].map((name, i) => [name, box(textData(parts[i + 1]!))])));
  }),
  lenient('provider::aws::arn_build', 5, STRING, (a) => textData(`arn:${[0, 1, 2, 3, 4].map((i) => a.text(i)).join(':')}`)),
  lenient('provider::aws::trim_iam_role_path', 1, STRING, (a) => textData(a.text(0).replace(/^(arn:[^:]*:iam::[^:]*:role\/)(?:.*\/)?/, '$1'))),
];
