/**
 * The living documentation: what the platform promises, what was verified, and what was really observed. Plain files
 * that open from file://, without a server or a network. Two runs with the same results give the same files, apart
 * from `timing.js`.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Catalogue } from '../catalogue.ts';
import type { Decision } from '../gate.ts';
import type { AttachmentRecord, RunRecord } from '../run-record.ts';
import { traceAll, type FlowTrace } from '../traceability.ts';
import { featurePage, isLeftToMermaid } from './feature-page.ts';
import { frontPage } from './front-page.ts';
import { page, type Link } from './html.ts';
import { prose } from './markdown.ts';
import { anchorOf, featureFile, linkTo, roomFile } from './names.ts';
import { passedOf, roomPage, scenariosOf, titleOf, type Room } from './room-page.ts';
import { traceabilityPage } from './traceability-page.ts';

export interface SiteInput {
  readonly run: RunRecord;
  readonly catalogue: Catalogue;
  readonly decision: Decision;
  readonly coverage: number | undefined;
  /** Folder with the features and the rooms' READMEs. */
  readonly features: string;
  readonly into: string;
}

const textOf = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);

function roomsOf({ run, features }: SiteInput, traces: readonly FlowTrace[]): Room[] {
  const names = new Set([...run.features.map((feature) => feature.room), ...traces.map((trace) => trace.flow.room)]);
  const [byFeature, byFlow] = [Map.groupBy(run.features, (feature) => feature.room), Map.groupBy(traces, (trace) => trace.flow.room)];
  return [...names].sort().map((name) => ({ name, readme: textOf(join(features, name, 'README.md')), features: byFeature.get(name) ?? [], flows: byFlow.get(name) ?? [] }));
}

function linkOf(room: Room): Link {
  const [passed, all] = [passedOf(room), scenariosOf(room).length];
  const inner = room.features.map((feature) => {
    const of = { features: [feature] };
    return { file: featureFile(feature.uri), label: feature.name, mark: passedOf(of) === feature.scenarios.length ? '' : `${feature.scenarios.length - passedOf(of)}`, isGood: passedOf(of) === feature.scenarios.length };
  });
  return { file: roomFile(room.name), label: titleOf(room), mark: `${passed}/${all}`, isGood: passed === all, inner };
}

/** What only this run can tell; the pages' script puts it in its places. */
function timing({ timing: { startedAt, seconds, testingSeconds, workers, efficiency }, scenarios }: RunRecord): string {
  const slowest = scenarios.toSorted((one, other) => other.milliseconds - one.milliseconds).slice(0, 10);
  const told = {
    startedAt: startedAt?.toISOString(), seconds, testingSeconds, workers, efficiency,
    slowest: slowest.map((scenario) => ({ name: scenario.name, link: linkTo(scenario), milliseconds: Math.round(scenario.milliseconds) })),
    scenarios: Object.fromEntries(scenarios.map((scenario) => [anchorOf(scenario), Math.round(scenario.milliseconds)])),
  };
  // In a script `<` could end it.
  return `window.timing = ${JSON.stringify(told).replaceAll('<', '\\u003c')};\n`;
}

function pictureKeeper(into: string) {
  let count = 0;
  return ({ mediaType, body, encoding }: AttachmentRecord): string => {
    const name = `picture-${(count += 1)}.${mediaType.slice('image/'.length).replace(/\W.*/, '')}`;
    writeFileSync(join(into, name), Buffer.from(body, encoding === 'BASE64' ? 'base64' : 'utf8'));
    return name;
  };
}

function copyAssets(into: string, needsMermaid: boolean) {
  for (const asset of ['style.css', 'script.js']) copyFileSync(join(import.meta.dirname, 'assets', asset), join(into, asset));
  const mermaid = join(dirname(createRequire(import.meta.url).resolve('mermaid/package.json')), 'dist', 'mermaid.min.js');
  if (needsMermaid) copyFileSync(mermaid, join(into, 'mermaid.min.js'));
}

/** Replaces the folder `into`; returns the path of its first page. */
export function writeSite(input: SiteInput): string {
  const { run, catalogue, decision, coverage, features, into } = input;
  rmSync(into, { recursive: true, force: true });
  mkdirSync(into, { recursive: true });
  const traces = traceAll(catalogue, run.scenarios);
  const rooms = roomsOf(input, traces);
  const decisions = textOf(join(features, 'decisions.md'));
  const groups = [
    { label: 'All', links: [{ file: 'index.html', label: 'Overview' }, { file: 'traceability.html', label: 'Traceability', mark: String(traces.length) }, ...(decisions ? [{ file: 'decisions.html', label: 'Decisions' }] : [])] },
    { label: 'Rooms', links: rooms.filter((room) => room.features.length).map(linkOf) },
  ];
  const write = (file: string, title: string, { body, needsMermaid = false }: { body: string; needsMermaid?: boolean }) => writeFileSync(join(into, file), page({ file, title, body, groups, needsMermaid }));
  write('index.html', 'Overview', { body: frontPage({ run, decision, coverage, traces, rooms, release: catalogue.release.name, coverageAsked: catalogue.release.coverage }) });
  write('traceability.html', 'Traceability', { body: traceabilityPage(traces) });
  if (decisions) write('decisions.html', 'Decisions', { body: prose(decisions) });
  for (const room of rooms) write(roomFile(room.name), titleOf(room), { body: roomPage(room) });
  const around = { roomOfFlow: new Map(catalogue.flows.map(({ id, room }) => [id, room])), keepPicture: pictureKeeper(into) };
  for (const feature of run.features) write(featureFile(feature.uri), feature.name, { body: featurePage(feature, around), needsMermaid: feature.diagrams.some(isLeftToMermaid) });
  writeFileSync(join(into, 'timing.js'), timing(run));
  copyAssets(into, run.features.some((feature) => feature.diagrams.some(isLeftToMermaid)));
  return join(into, 'index.html');
}
