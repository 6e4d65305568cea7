/** Fifth field of an ARN: the account, '' where the service leaves it out (S3), undefined fields as ''. */
export const accountOfArn = (arn: string): string => field(arn, 4);
export const regionOfArn = (arn: string): string => field(arn, 3);
export const serviceOfArn = (arn: string): string => field(arn, 2);

/** Field of an ARN by number; holes may hold colons in their description, so they count as one piece of text. */
function field(arn: string, n: number): string {
  if (!arn.startsWith('arn:')) return '';
  let at = 0;
  let start = 0;
  let inHole = false;
  for (let i = 0; i < arn.length; i++) {
    const c = arn.charCodeAt(i);
    if (c === 0xe000) inHole = true;
    else if (c === 0xe001) inHole = false;
    else if (c === 58 && !inHole) {
      if (at === n) return arn.slice(start, i);
      at++;
      start = i + 1;
    }
  }
  return at === n ? arn.slice(start) : '';
}

/**
 * Whether the policy of the resource must let the request in even inside its own account: role trust and key policies
 * (KMS developer guide: a key policy that does not enable IAM policies makes them ineffective).
 */
export function mustAgree(action: string, resource: string): boolean {
  const a = action.toLowerCase();
  if (/^sts:(assumerole|assumerolewithsaml|assumerolewithwebidentity|tagsession|setsourceidentity|setcontext)$/.test(a)) return resource !== '*' && /^arn:[^:]*:iam:/.test(resource);
  return a.startsWith('kms:') && serviceOfArn(resource) === 'kms' && /:key\//.test(resource);
}

/** What no bucket policy keeps from the root user of the account that owns the bucket (S3 API reference, DeleteBucketPolicy). */
export const rootKeeps = (action: string): boolean => /^s3:(get|put|delete)bucketpolicy$/i.test(action);
