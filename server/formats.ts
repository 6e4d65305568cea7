import type { AnalysisResult } from '../schema/index.ts';
import { FORMAT_LIST } from './formats.gen.ts';

export interface FormatOptions {
  /** Show findings outside the low-noise set too. */
  allRules: boolean;
  color: boolean;
  width: number;
  /** Base of rule pages and of links to lines, '' = none. */
  ruleBase: string;
  /** Prefix for file paths in SARIF (`uriBaseId` root). */
  sourceRoot: string;
  version: string;
}

/** One way to write an answer as text. A format is one file in server/formats. */
export interface Format {
  name: string;
  says: string;
  render(result: AnalysisResult, options: FormatOptions): string;
}

export const FORMATS: ReadonlyMap<string, Format> = new Map(FORMAT_LIST.map((f) => [f.name, f]));
