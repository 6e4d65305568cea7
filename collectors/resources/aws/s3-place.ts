import { hasHole } from '../../../schema/index.ts';

/** A bucket, as written (a name, an ARN, a hole), and a prefix or key below it. */
export interface S3Place { bucket: string; key: string }

/** `s3://bucket/key`; a hole may stand for the bucket. Other addresses are none. */
export const s3Place = (address: string): S3Place | undefined => (/^s3[an]?:\/\//i.test(address) ? split(address.slice(address.indexOf('//') + 2)) : undefined);

/** `arn:aws:s3:::bucket/prefix`, or a hole for an ARN with a prefix below it. */
export const s3ArnPlace = (arn: string): S3Place | undefined => (arn.startsWith('arn:') || arn.startsWith('\uE000') ? split(arn) : undefined);

/** The bucket of a place as an ARN; what is not known stays as it is written. */
export const bucketArn = (bucket: string): string => (bucket.startsWith('arn:') || bucket.startsWith('\uE000') ? bucket : `arn:aws:s3:::${bucket}`);

function split(text: string): S3Place {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\uE000') depth++;
    else if (text[i] === '\uE001') depth--;
    else if (text[i] === '/' && depth === 0) return { bucket: text.slice(0, i), key: text.slice(i + 1) };
  }
  return { bucket: text, key: '' };
}

/** Whether a prefix of a bucket holds what lies below another one of the same bucket; undefined where a hole leaves it open. */
export function holds(prefix: string, key: string): boolean | undefined {
  const outer = prefix.replace(/[/*]+$/, '');
  const inner = key.replace(/[/*]+$/, '');
  if (outer === '' || inner === outer || inner.startsWith(`${outer}/`)) return true;
  return hasHole(outer) || hasHole(inner) ? undefined : false;
}
