import { isFatalInput, type RawResource } from '../../../schema/index.ts';
import type { InputGroup, Reader, ReadOptions, ReadResult } from '../../define.ts';
import { emit } from './emit.ts';
import { Files } from './evaluate/files.ts';
import { rootInputs } from './evaluate/inputs.ts';
import { ModuleInstance } from './evaluate/module.ts';
import { ModuleSources } from './evaluate/module-sources.ts';
import { Exhausted, Session } from './evaluate/scope.ts';
import { evaluate } from './evaluate/expression.ts';
import { EvaluationFailure } from './evaluate/failure.ts';
import { findRoots } from './roots.ts';

/** Terraform in HCL and its JSON form, evaluated as far as the code decides it. One result per root module. */
export const terraformReader: Reader = {
  name: 'terraform',
  says: 'Terraform configuration (.tf, .tf.json) with modules, variables and functions evaluated',

  async recognise(files, options) {
    const roots = await findRoots(files, new Files(options.base), options);
    return roots.map((r): InputGroup => ({ input: r.folder, files: r.files, reader: 'terraform' }));
  },

  async *read(group, options) {
    yield readRoot(group.input, options);
  },
};

/** Layers that configuration cannot hold: what the organisation imposes, and what was changed by hand. */
const MISSING = ['scp', 'rcp', 'live-state'];

export function readRoot(root: string, options: Pick<ReadOptions, 'base' | 'variables' | 'varFiles' | 'env' | 'workspace'>): ReadResult {
  const files = new Files(options.base);
  const session = new Session(files, options.workspace || 'default', evaluate);
  const resources: RawResource[] = [];
  let stopped = false;
  try {
    const shared = { session, root, sources: new ModuleSources(files, root), declarations: new Map() };
    const module = new ModuleInstance(shared, root, rootInputs(session, root, options));
    for (const resource of emit(module)) resources.push(resource);
  } catch (failure) {
    if (!(failure instanceof EvaluationFailure) && !(failure instanceof Exhausted)) throw failure;
    stopped = true;
    if (failure instanceof Exhausted) session.problem('limit', `evaluation takes too long: ${resources.length} resources were read, the rest was not`, undefined, root);
    else session.problem(failure.code, failure.message, undefined, root);
  }
  const { problems } = session;
  const partial = stopped || problems.some((p) => isFatalInput(p) || p.code === 'missing-module' || p.code === 'limit');
  return { source: 'terraform', input: root, status: partial ? 'partial' : 'read', resources, problems, missing: MISSING };
}
