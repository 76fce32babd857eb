/**
 * The job at hand and the data it came with. Lists of items arrive as text and are parsed when first read:
 * most jobs touch few of the nodes they could reach.
 *
 * In expressions data is frozen and shared by all evaluations of the job. An evaluation that writes (`sort`,
 * `push`, an assignment) is repeated on shadows: copies made level by level as they are read, its own alone.
 * In Code nodes data is plain and mutable, because the context ends with the job.
 */
let job;

function beginJob(envelope, texts) {
  job = {
    ...envelope,
    texts,
    parsed: new Map(),
    byName: new Map(envelope.nodes.map((node) => [node.name, node])),
    answers: new Map(envelope.answers),
    needs: new Map(),
    index: envelope.itemIndexes[0] ?? 0,
    shadows: undefined,
    depth: 0,
    startedAt: NativeDate.now(),
  };
  luxon.Settings.defaultZone = envelope.timezone;
}

function endJob() {
  job = undefined;
}

function jobNow() {
  if (job === undefined) return 0;
  return job.mutable ? job.now + (NativeDate.now() - job.startedAt) : job.now;
}

/** Answers a question of `kind` from what the host sent along, or asks for it and gives up this evaluation. */
function need(kind, ...facts) {
  const key = JSON.stringify([kind, ...facts]);
  if (job.answers.has(key)) return job.answers.get(key);
  job.needs.set(key, [kind, ...facts]);
  throw new NeededFromOutside(`needs ${kind}`);
}

function deepFreeze(value) {
  if (value === null || typeof value !== 'object' || Object.isFrozen(value)) return value;
  for (const key of ownKeys(value)) deepFreeze(value[key]);
  return freeze(value);
}

const shadowHandler = {
  get(target, key, receiver) {
    const value = Reflect.get(target, key, receiver);
    if (value === null || typeof value !== 'object' || !Object.isFrozen(value)) return value;
    const own = shadow(value);
    target[key] = own;
    return own;
  },
};

function shadow(value) {
  let own = job.shadows.get(value);
  if (own === undefined) {
    own = new Proxy(Array.isArray(value) ? [...value] : { ...value }, shadowHandler);
    job.shadows.set(value, own);
  }
  return own;
}

/** `value` as an evaluation may see it. */
function visible(value) {
  if (value === null || typeof value !== 'object' || job.mutable) return value;
  deepFreeze(value);
  return job.shadows === undefined ? value : shadow(value);
}

function textAt(position) {
  let value = job.parsed.get(position);
  if (value === undefined) {
    value = JSON.parse(job.texts[position]);
    job.parsed.set(position, value);
  }
  return value;
}

/** The items of the input that `$json` reads. */
function inputItems() {
  if (job.input === undefined) need('input');
  return textAt(job.input);
}
