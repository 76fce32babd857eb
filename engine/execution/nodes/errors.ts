import { defineError } from '../../kernel/index.ts';

export const nodeUnsupported = defineError<{ node: string; type: string; needs: string }>(
  'NODE_UNSUPPORTED',
  422,
  ({ node, type, needs }) => `Node "${node}" is of type ${type}, which this engine cannot run: ${needs}.`,
);
export const nodeVersionUnsupported = defineError<{ node: string; type: string; found: number; expected: readonly number[] }>(
  'NODE_VERSION_UNSUPPORTED',
  422,
  ({ node, type, found, expected }) => `Node "${node}" is of type ${type} in version ${found}; known versions are ${expected.join(', ')}. Choose one of them.`,
);
export const nodeRefused = defineError<{ node: string; type: string; reason: string }>(
  'NODE_REFUSED',
  422,
  ({ node, type, reason }) => `Node "${node}" is of type ${type}, which this engine refuses to run: ${reason}. Remove or disable it.`,
);
export const stepInputInvalid = defineError<{ node: string; parameter: string; found: string; expected: string; item?: number | undefined }>(
  'STEP_INPUT_INVALID',
  422,
  ({ node, parameter, found, expected, item }) =>
    `Parameter "${parameter}" of node "${node}"${item === undefined ? '' : ` for item ${item}`} is ${found}; expected ${expected}. Correct the parameter or the expression it comes from.`,
);
