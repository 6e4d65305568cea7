import type { Reader } from '../define.ts';

/**
 * Every reader, in the order in which they may claim files: the more telling shape first. Loaded when asked for, so that a command that
 * scans nothing pays nothing.
 */
export const READERS: readonly (() => Promise<Reader>)[] = [
  async () => (await import('./terraform-plan/index.ts')).terraformPlan,
  async () => (await import('./aws-dump/index.ts')).awsDump,
];
