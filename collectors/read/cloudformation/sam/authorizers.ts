import { entriesOf, entryOf, fromData, get, itemsOf, make, textOf, type Entry, type Node, type Span } from '../syntax/node.ts';
import { entry, mapOf } from './draft.ts';

const IAM = 'AWS_IAM';
const KEY = 'api_key';

/** `security` of an operation: its own authorizer, else that of the API. Nothing is said where everyone is let in. */
export function securityOf(api: Node | undefined, own: Node | undefined, at: Span, http: boolean): Entry[] {
  const chosen = entryOf(own, 'Authorizer') ?? entryOf(api, 'DefaultAuthorizer');
  const name = textOf(chosen?.value);
  const key = textOf(get(own, 'ApiKeyRequired') ?? get(api, 'ApiKeyRequired')) === 'true';
  const place = chosen?.at ?? at;
  const scopes = get(own, 'AuthorizationScopes') ?? get(get(get(api, 'Authorizers'), name ?? ''), 'AuthorizationScopes') ?? make.list([], place);
  if (chosen && name === undefined) return [{ key: 'security', at: place, value: { kind: 'unknown', reason: 'which authorizer is used is not decided', at: place } }];
  const open = name === undefined || name === 'NONE';
  const named = [...(open ? [] : entry(name, scopes)), ...(key && !http ? entry(KEY, make.list([], place)) : [])];
  if (named.length === 0) return name === 'NONE' ? [{ key: 'security', at: place, value: make.list([], place) }] : [];
  return [{ key: 'security', at: place, value: make.list([mapOf(named, place)], place) }];
}

/** The schemes that `security` names. */
export function schemes(auth: Node | undefined, at: Span, http: boolean): Entry[] {
  const out: Entry[] = [{ key: IAM, at, value: fromData({ type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authtype': 'awsSigv4' }, at) }];
  if (!http) out.push({ key: KEY, at, value: fromData({ type: 'apiKey', name: 'x-api-key', in: 'header' }, at) });
  for (const a of entriesOf(get(auth, 'Authorizers'))) out.push({ key: a.key, at: a.at, value: http ? httpScheme(a) : restScheme(a) });
  const map = mapOf(out, at);
  return http ? [{ key: 'components', at, value: make.map({ securitySchemes: map }, at) }] : [{ key: 'securityDefinitions', at, value: map }];
}

function restScheme(a: Entry): Node {
  const pools = get(a.value, 'UserPoolArn');
  const fn = get(a.value, 'FunctionArn');
  const head = { type: 'apiKey', name: 'Authorization', in: 'header' };
  if (pools) return make.map({ ...head, 'x-amazon-apigateway-authtype': 'cognito_user_pools', 'x-amazon-apigateway-authorizer': make.map({ type: 'cognito_user_pools', providerARNs: make.list([...itemsOf(pools)], pools.at) }, a.at) }, a.at);
  if (fn) return make.map({ ...head, 'x-amazon-apigateway-authtype': 'custom', 'x-amazon-apigateway-authorizer': make.map({ type: (textOf(get(a.value, 'FunctionPayloadType')) ?? 'TOKEN').toLowerCase(), authorizerUri: invocation(fn, a.at) }, a.at) }, a.at);
  return { kind: 'unknown', reason: `authorizer ${a.key}`, at: a.at };
}

function httpScheme(a: Entry): Node {
  const jwt = get(a.value, 'JwtConfiguration');
  const fn = get(a.value, 'FunctionArn');
  if (jwt) return make.map({ type: 'oauth2', 'x-amazon-apigateway-authorizer': make.map({ type: 'jwt', jwtConfiguration: lowerKeys(jwt) }, a.at) }, a.at);
  if (fn) return make.map({ type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authorizer': make.map({ type: 'request', authorizerUri: invocation(fn, a.at) }, a.at) }, a.at);
  return { kind: 'unknown', reason: `authorizer ${a.key}`, at: a.at };
}

/** `Issuer` and `issuer` are both accepted. */
const lowerKeys = (n: Node): Node => (n.kind === 'map' ? { ...n, entries: n.entries.map((e) => ({ ...e, key: e.key.charAt(0).toLowerCase() + e.key.slice(1) })) } : n);

const invocation = (fn: Node, at: Span): Node => make.call('Sub', make.list([make.text('arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${__FunctionArn__}/invocations', at), make.map({ __FunctionArn__: fn }, at)], at), at);

/** Resource policy of an API: statements as given; the short forms for accounts, addresses and networks are not written out. */
export function apiPolicy(policy: Node | undefined): Node | undefined {
  if (!policy) return undefined;
  const own = get(policy, 'CustomStatements');
  if (!own || entriesOf(policy).length > 1) return { kind: 'unknown', reason: 'the resource policy that SAM writes from lists', at: policy.at };
  return make.map({ Version: '2012-10-17', Statement: make.list([...itemsOf(own)], own.at) }, policy.at);
}

