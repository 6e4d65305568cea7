/** A kind of file that says something about an estate and has no reader yet: told by its path, or by its first lines. */
export interface RecognisedKind {
  /** Source name in coverage. */
  source: string;
  path: RegExp;
  /** All of these stand in its first lines. */
  head?: readonly RegExp[];
}

const YAML = /\.(ya?ml|yml)$/i;

/** In order: the first that fits names the file. */
export const KINDS: readonly RecognisedKind[] = [
  { source: 'github-actions', path: /(^|\/)\.github\/workflows\/[^/]+\.ya?ml$/i },
  { source: 'github-actions', path: /(^|\/)action\.ya?ml$/i, head: [/^runs\s*:/m] },
  { source: 'gitlab-ci', path: /(^|\/)\.gitlab-ci\.ya?ml$/i },
  { source: 'azure-pipelines', path: /(^|\/)azure-pipelines[^/]*\.ya?ml$/i },
  { source: 'circleci', path: /(^|\/)\.circleci\/config\.ya?ml$/i },
  { source: 'jenkins', path: /(^|\/)Jenkinsfile[^/]*$/ },
  { source: 'codebuild-buildspec', path: /(^|\/)buildspec[^/]*\.ya?ml$/i },
  { source: 'terragrunt', path: /(^|\/)(terragrunt|root|terragrunt\.stack)\.hcl$/i },
  { source: 'docker-compose', path: /(^|\/)(docker-)?compose[^/]*\.ya?ml$/i, head: [/^services\s*:/m] },
  { source: 'cdk', path: /(^|\/)cdk\.json$/i, head: [/"app"\s*:/] },
  { source: 'pulumi', path: /(^|\/)Pulumi\.ya?ml$/ },
  { source: 'serverless', path: /(^|\/)serverless\.(ya?ml|json|ts)$/i, head: [/\b(provider|service)\b/] },
  { source: 'helm', path: /(^|\/)Chart\.ya?ml$/, head: [/^apiVersion\s*:/m] },
  { source: 'kustomize', path: /(^|\/)kustomization\.ya?ml$/i },
  { source: 'bicep', path: /\.bicep$/i },
  { source: 'azure-arm', path: /\.json$/i, head: [/"\$schema"\s*:\s*"https?:\/\/schema\.management\.azure\.com\/[^"]*deploymentTemplate\.json/i] },
  { source: 'kubernetes', path: YAML, head: [/^apiVersion\s*:\s*\S/m, /^kind\s*:\s*\S/m] },
  { source: 'kubernetes', path: /\.json$/i, head: [/"apiVersion"\s*:\s*"(v1|[a-z0-9.-]+\/v\d\w*)"/, /"kind"\s*:\s*"[A-Z]\w+"/] },
  { source: 'openapi', path: /\.(ya?ml|json)$/i, head: [/^\s*\{?\s*["']?(openapi|swagger)["']?\s*:\s*["']?[23]\./] },
];
