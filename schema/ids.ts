import { hash } from 'node:crypto';
import type { EdgeKind, NodeKind } from './define.ts';

/** `ovr:<kind>:<provider>:<native id>`, deterministic. */
export const nodeId = (kind: NodeKind, provider: string, nativeId: string): string => `ovr:${kind.toLowerCase()}:${provider}:${nativeId}`;

/** First 20 bytes of SHA-256 over the parts, hex. */
export const stableHash = (...parts: string[]): string => hash('sha256', parts.join('\u0000')).slice(0, 40);

export const edgeId = (kind: EdgeKind, from: string, to: string, discriminator = ''): string => stableHash(kind, from, to, discriminator);

/** Native id of something only declared in code (architecture §7). */
export const declaredId = (scope: string, root: string, address: string): string => `iac:${scope}@${root || '.'}#${address}`;
