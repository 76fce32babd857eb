/** The profile of the demonstration: no platform, no plugin, steps of its own. */
import { join } from 'node:path';

export default {
  import: [join(import.meta.dirname, 'steps.ts')],
  format: [['message', 'messages.ndjson'], ['summary', 'summary.txt']],
};
