/** What the short words of a verdict ask of whoever decides it. Those that explain themselves are not here. */
const MEANING: Readonly<Record<string, string>> = {
  'contract not declared': 'nobody has written down what the tool does, so it is taken to do all that its identity may',
  'text forwarded': 'the code in between hands the text of the request on to the agent',
  'its reply is acted upon': 'whoever called the agent does what its answer says',
};

export const requiresText = (requires: readonly string[]): string => requires.map((r) => (MEANING[r] === undefined ? r : `${r} (${MEANING[r]})`)).join('; ');
