import { hasHole, HOLE_CLOSE, HOLE_OPEN } from '../../../schema/index.ts';

export interface ArnParts { partition: string; service: string; region: string; account: string; resource: string }

/** Splits an ARN that may hold holes; a colon inside a hole does not count. Undefined for what is no ARN, or one hole as a whole. */
export function arnParts(arn: string): ArnParts | undefined {
  const parts: string[] = [];
  let from = 0;
  let inside = false;
  for (let i = 0; i < arn.length && parts.length < 5; i++) {
    const c = arn[i]!;
    if (c === HOLE_OPEN) inside = true;
    else if (c === HOLE_CLOSE) inside = false;
    else if (c === ':' && !inside) { parts.push(arn.slice(from, i)); from = i + 1; }
  }
  if (parts.length < 5 || parts[0] !== 'arn') return undefined;
  return { partition: parts[1]!, service: parts[2]!, region: parts[3]!, account: parts[4]!, resource: arn.slice(from) };
}

/** Account of an ARN or of a bare account number, as text. */
export const accountText = (principal: string): string | undefined => (/^\d{12}$/.test(principal) ? principal : arnParts(principal)?.account);

export const arnOf = (n: { props: Record<string, unknown> }): string | undefined => (typeof n.props['arn'] === 'string' ? n.props['arn'] : undefined);

/** Could the two texts stand for the same? Equal text always; text with a hole may. */
export const sameText = (a: string, b: string): 'yes' | 'maybe' | 'no' => (a === b ? 'yes' : hasHole(a) || hasHole(b) ? 'maybe' : 'no');
