import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { TokenBook } from './tokens.ts';
import { allowed } from './matrix.ts';
import { RateLimit } from './rate.ts';
import { IssuerDown, type Oidc } from './oidc.ts';
import { LOCAL, type Caller } from './roles.ts';

export const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

export const refuse = (res: Response, status: number, code: string, message: string): void => { res.status(status).json({ errors: [{ message, extensions: { code } }] }); };
export const callerOf = (res: Response): Caller | undefined => res.locals['caller'] as Caller | undefined;

export interface Gate {
  tokens: TokenBook;
  /** Signed tokens of an issuer are good as well. */
  oidc?: Oidc;
  /** Milliseconds, for the rates; default: the clock of this process. */
  clock?: () => number;
  /** A token is demanded. Otherwise a request without one acts as the local user, and a wrong one is still refused. */
  demanded: boolean;
  perMinute: number;
  /** Refused tokens a minute of one address, before it is told to wait. */
  failuresPerMinute: number;
  refused: (why: 'token' | 'rate' | 'issuer') => void;
}

/** Who asks, and how often. Wrong, expired, revoked and missing tokens get one and the same answer. */
export function authenticate(g: Gate): RequestHandler {
  const rate = new RateLimit(g.perMinute, g.clock);
  const failures = new RateLimit(g.failuresPerMinute, g.clock);
  const tooMany = (res: Response, wait: number): void => {
    g.refused('rate');
    res.set('Retry-After', String(wait));
    refuse(res, 429, 'RATE_LIMITED', `too many requests: try again in ${wait} s`);
  };
  return (req: Request, res: Response, next: NextFunction) => {
    const work = async (): Promise<void> => {
      const header = req.headers.authorization;
      const from = req.socket.remoteAddress ?? 'unknown';
      const bearer = header === undefined ? undefined : /^Bearer ([\x21-\x7e]{1,8192})$/i.exec(header)?.[1] ?? '';
      const caller = bearer !== undefined ? ((await g.tokens.caller(bearer)) ?? (await g.oidc?.caller(bearer))) : g.demanded ? undefined : LOCAL;
      if (!caller) {
        const wait = failures.take(from);
        if (wait > 0) { tooMany(res, wait); return; }
        g.refused('token');
        res.set('WWW-Authenticate', 'Bearer realm="overreach"');
        refuse(res, 401, 'UNAUTHENTICATED', 'a valid access token is needed: Authorization: Bearer <token>');
        return;
      }
      res.locals['caller'] = caller;
      const wait = rate.take(caller.id === LOCAL.id ? from : caller.id);
      if (wait > 0) tooMany(res, wait); else next();
    };
    work().catch((e: unknown) => {
      if (!(e instanceof IssuerDown)) { next(e); return; }
      g.refused('issuer');
      res.set('Retry-After', '30');
      refuse(res, 503, 'ISSUER_UNAVAILABLE', 'access tokens cannot be checked now: try again later');
    });
  };
}

/** For the few routes beside GraphQL. */
export const permit = (operation: string): RequestHandler => (_, res, next) => {
  if (allowed(callerOf(res), operation)) next(); else refuse(res, 403, 'FORBIDDEN', `your role or scope may not use ${operation}`);
};

/** Without tokens a page of another site must not talk to us through the user's browser by a rebound name. A bearer token never travels by itself. */
export const onlyLoopbackNames: RequestHandler = (req, res, next) => {
  const name = (req.headers.host ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  if (LOOPBACK.has(name)) next(); else refuse(res, 421, 'MISDIRECTED', 'unknown host');
};
