import type { EffectClass, NodeRecord, Statement } from '../../schema/index.ts';
import { type PolicyDocument } from './document.ts';
import type { IdentityLayers, PolicyEstate } from './estate.ts';
import { principalNamed } from './principal.ts';
import { both, either, type Held, no, unknownBecause } from './truth.ts';

/**
 * Rights that a service keeps beside IAM, both of which a request needs: data access policies of OpenSearch Serverless collections
 * (docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-data-access.html) and Lake Formation permissions on the catalogue
 * (docs.aws.amazon.com/lake-formation/latest/dg/lf-permissions-overview.html). They only allow; nobody else is let in.
 */
export interface DataRule { document: PolicyDocument; statement: Statement | undefined; held: Held }

/** IAM actions that the second layer stands behind. */
const GOVERNED: Readonly<Record<string, RegExp>> = { 'aws.opensearchserverless.collection': /^aoss:apiaccessall$/i, 'aws.glue.database': /^(glue|athena|redshift-spectrum):/i };
/** Stores that nobody reaches without such a policy, so that none in the input means one that was not read. */
const ALWAYS = new Set(['aws.opensearchserverless.collection']);

const EFFECTS: readonly (readonly [RegExp, readonly EffectClass[]])[] = [
  [/:(\*|all|super)$/, ['list', 'read', 'write', 'delete']],
  [/:(readdocument|select)$/, ['read']],
  [/:describe/, ['list']],
  [/:(writedocument|updateindex|createindex|createcollectionitems|updatecollectionitems|insert|alter|create_table)$/, ['write']],
  [/:(deleteindex|deletecollectionitems|delete|drop)$/, ['delete']],
];

const gives = (s: Statement, effect: EffectClass | undefined): boolean =>
  effect === undefined || (s.actions ?? []).some((a) => EFFECTS.some(([pattern, effects]) => pattern.test(a.toLowerCase()) && effects.includes(effect)));

/** What the second layer says about a principal: undefined where there is none, or it does not stand behind this action. `effect`: only rules that give it. */
export function dataAccess(estate: PolicyEstate, node: NodeRecord | undefined, action: string, l: IdentityLayers, effect?: EffectClass): { held: Held; rules: DataRule[] } | undefined {
  if (!node || effect === 'permission' || !GOVERNED[node.type]?.test(action)) return undefined;
  const documents = estate.attached(node.id, 'data_access');
  if (documents.length === 0) return ALWAYS.has(node.type) ? { held: unknownBecause(`data access policies of ${node.name} were not read`), rules: [] } : undefined;
  const rules: DataRule[] = [];
  let held = no;
  for (const document of documents) {
    if (document.failed) rules.push({ document, statement: undefined, held: unknownBecause(`data access policy ${document.name} could not be read`) });
    for (const statement of document.failed ? [] : document.statements) {
      if (!gives(statement, effect)) continue;
      const named = principalNamed(statement, l.principal, false);
      rules.push({ document, statement, held: either(named.self, either(named.role, named.account)) });
    }
  }
  for (const r of rules) held = either(held, r.held);
  return { held, rules: rules.filter((r) => r.held.v > 0) };
}

/** Whether a thing has such a layer at all. */
export const hasDataLayer = (estate: PolicyEstate, node: NodeRecord): boolean => node.type in GOVERNED && (ALWAYS.has(node.type) || estate.attached(node.id, 'data_access').length > 0);

export const alsoBy = (held: Held, data: { held: Held } | undefined): Held => (data ? both(held, data.held) : held);
