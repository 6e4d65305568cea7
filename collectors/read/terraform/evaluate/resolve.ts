import type { Step } from '../syntax/tree.ts';
import { type Box, box, Dict, type Origin, undecided } from './box.ts';
import { fail } from './failure.ts';
import { inModule, type Loop, type Scope } from './scope.ts';

/** Value that a name with its first steps stands for, and how many steps belong to the name. */
export function resolveName(name: string, steps: readonly Step[], scope: Scope, at: Origin): { value: Box; used: number } {
  for (let loop: Loop | undefined = scope.loop; loop; loop = loop.outer) if (loop.name === name) return { value: loop.value, used: 0 };
  if (scope.isolated) return fail(`"${name}" is not a variable of this template`);
  const word = (i: number): string => {
    const step = steps[i];
    return step?.kind === 'attribute' ? step.name : fail(`"${name}" must be followed by a name`);
  };
  const { names } = scope;
  switch (name) {
    case 'var': return { value: names.variable(word(0)), used: 1 };
    case 'local': return { value: names.local(word(0)), used: 1 };
    case 'module': return { value: names.module(word(0)), used: 1 };
    case 'data': return { value: names.resource('data', word(0), word(1)), used: 2 };
    case 'each': {
      if (!scope.each) return fail('"each" is used outside for_each');
      return { value: box(new Dict(new Map([['key', scope.each.key], ['value', scope.each.value]]))), used: 0 };
    }
    case 'count': return { value: box(new Dict(new Map([['index', scope.count ?? fail('"count" is used outside count')]]))), used: 0 };
    case 'path': return { value: box(names.path(word(0)), at), used: 1 };
    case 'terraform':
    case 'tofu': return { value: word(0) === 'workspace' ? box(names.session.workspace, at) : fail(`terraform.${word(0)} is not known`), used: 1 };
    case 'self': return { value: box(undecided(inModule(names, `${scope.owner} self`)), at), used: 0 };
    case 'ephemeral': return { value: box(undecided(inModule(names, `ephemeral.${word(0)}.${word(1)}`)), at), used: 2 };
    default: return { value: steps.length ? names.resource('managed', name, word(0)) : fail(`"${name}" is not known here`), used: 1 };
  }
}
