import type { Reader } from '../define.ts';

/**
 * Every reader, in the order in which they may claim files: the more telling shape first. Loaded when asked for, so that a command that
 * scans nothing pays nothing.
 */
export const READERS: readonly (() => Promise<Reader>)[] = [
  async () => (await import('./terraform-plan/index.ts')).terraformPlan,
  async () => (await import('./terraform-state/index.ts')).terraformState,
  async () => (await import('./terraform/reader.ts')).terraformReader,
  async () => (await import('./cloudformation/index.ts')).cloudformation,
  async () => (await import('./aws-dump/index.ts')).awsDump,
  async () => (await import('./aws-last-accessed/index.ts')).awsLastAccessed,
  async () => (await import('./cartography/index.ts')).cartography,
  async () => (await import('./mcp/index.ts')).mcp,
  async () => (await import('./a2a/index.ts')).a2a,
  async () => (await import('./overreach-yaml/index.ts')).overreachYaml,
  async () => (await import('./recognised/index.ts')).recognised,
];
