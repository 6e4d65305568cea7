import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';

/** An app signs in with its key and gets short-lived tokens; else a token; else nobody. */
export type GithubAuth = { token: string } | { appId: string; privateKey: string; installationId: string } | undefined;

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export function octokitFor(auth: GithubAuth, baseUrl: string | undefined): Octokit {
  const common = { ...(baseUrl && { baseUrl }), log: SILENT };
  if (!auth) return new Octokit(common);
  if ('token' in auth) return new Octokit({ ...common, auth: auth.token });
  return new Octokit({ ...common, authStrategy: createAppAuth, auth: { ...auth, log: SILENT } });
}
