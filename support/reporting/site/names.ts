/** Which page holds what, and which anchor a scenario has on it. */
import { createHash } from 'node:crypto';
import type { ScenarioRecord } from '../run-record.ts';

const safe = (name: string) => name.replace(/[^\w.-]+/g, '-');

export const roomFile = (room: string) => `${safe(room)}.html`;
/** `features/execution/hooks.feature` is on `execution.hooks.html`. */
export const featureFile = (uri: string) => `${safe(uri.replace(/^.*features\//, '').replace(/\.feature$/, '').replaceAll('/', '.'))}.html`;

/** Follows from the scenario's name alone, so that links survive the next run. */
export const anchorOf = ({ id }: Pick<ScenarioRecord, 'id'>) => `s${createHash('sha1').update(id).digest('hex').slice(0, 10)}`;
export const linkTo = (scenario: ScenarioRecord) => `${featureFile(scenario.uri)}#${anchorOf(scenario)}`;
/** Flows are described on the page of their room. */
export const linkToFlow = ({ id, room }: { id: string; room: string }) => `${roomFile(room)}#${safe(id)}`;
export const flowAnchor = (id: string) => safe(id);
