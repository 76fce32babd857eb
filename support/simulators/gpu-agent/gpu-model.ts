/**
 * A graphics card as far as an agent's behaviour depends on it: memory that models are loaded into and evicted
 * from, slots, a queue, and a token rate that falls with load and heat. Deterministic for a seed and an order
 * of requests; time arrives as an argument.
 *
 * V1. What is loaded never exceeds the memory; a model larger than the card keeps the rest in main memory and is slower.
 * V2. A model with work in it is never evicted; the idle one that expires first goes first.
 * V3. Requests for one model start in the order in which they came; a full queue refuses at once.
 */
import { chanceFrom, type Chance } from './chance.ts';
import type { Model } from './models.ts';

export interface Time {
  /** Milliseconds, never going back. */
  now(): number;
  /** Rejects with the signal's reason when that aborts first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface GpuOptions {
  readonly vramBytes: number;
  /** Of a 7B model alone on a cool card. */
  readonly tokensPerSecond: number;
  readonly loadBytesPerSecond: number;
  /** Requests that one model serves at a time; OLLAMA_NUM_PARALLEL. */
  readonly parallel: number;
  /** OLLAMA_MAX_QUEUE. */
  readonly maxQueue: number;
  readonly seed: number;
  readonly time: Time;
}

export interface Loaded {
  readonly model: Model;
  readonly vramBytes: number;
  /** Milliseconds on the clock of `time`; Infinity for "never". */
  readonly expiresAt: number;
}

export interface Slot {
  readonly loadMs: number;
  /** How long the next token takes, as load and heat are now. */
  msPerToken(): number;
  /** A prompt is read faster than an answer is written. */
  msPerPromptToken(): number;
  tokenMade(): void;
  /** Gives the slot back; the model stays for `keepAliveMs` from now on. Safe twice. */
  release(keepAliveMs: number): void;
}

export interface Load {
  readonly tokens_per_second: number;
  readonly cpu_usage: number;
  readonly memory_usage: number;
  readonly gpu_usage: number;
  readonly gpu_memory: number;
  readonly gpu_temperature: number;
  readonly active_tasks: number;
  readonly queue_length: number;
}

export interface Gpu {
  /** Waits for its turn and for the model to be in memory. Throws QueueFull at once. */
  acquire(model: Model, signal: AbortSignal): Promise<Slot>;
  /** Takes an idle model out of memory; one at work leaves when it is done. */
  unload(model: Model): void;
  loaded(): Loaded[];
  load(): Load;
}

export class QueueFull extends Error {}

interface Resident extends Loaded {
  expiresAt: number;
  active: number;
  leaving: boolean;
  ready: Promise<void>;
  isReady: boolean;
}

interface Waiting {
  readonly model: Model;
  readonly begin: (resident: Resident) => void;
}

const AMBIENT_CELSIUS = 36;
const HEAT_OF_FULL_LOAD_CELSIUS = 52;
const HEATING_MS = 20_000;
const THROTTLES_ABOVE_CELSIUS = 80;
/** The key-value cache and buffers beside the weights. */
const WORKING_MEMORY = 1.15;
const RATE_WINDOW_MS = 5_000;
/** Two requests at once give 1.5 times the tokens of one, not twice. */
const BATCH_GAIN = 1.5;
const PROMPT_SPEEDUP = 20;

/** Temperature moves towards what the load asks for. */
function createHeat(time: Time) {
  let celsius = AMBIENT_CELSIUS;
  let at = time.now();
  let busy = 0;
  const advance = () => {
    const wanted = AMBIENT_CELSIUS + HEAT_OF_FULL_LOAD_CELSIUS * busy;
    celsius = wanted + (celsius - wanted) * Math.exp(-(time.now() - at) / HEATING_MS);
    at = time.now();
    return celsius;
  };
  return {
    celsius: advance,
    /** Share of the card that works, 0 to 1. */
    works: (share: number) => {
      advance();
      busy = share;
    },
    /** 1 while cool, down to 0.5. */
    throttle: () => Math.max(0.5, 1 - Math.max(0, advance() - THROTTLES_ABOVE_CELSIUS) / 20),
  };
}

/** Tokens a second, over those made lately. */
function createRate(time: Time) {
  let moments: number[] = [];
  const recent = () => (moments = moments.filter((moment) => moment > time.now() - RATE_WINDOW_MS));
  return {
    made: () => void (recent().push(time.now())),
    perSecond: () => {
      const [first, last] = [recent()[0], moments.at(-1)];
      return first === undefined || last === undefined || last === first ? 0 : ((moments.length - 1) / (last - first)) * 1_000;
    },
  };
}

const rounded = (value: number) => Math.round(Math.min(value, 100) * 10) / 10;
const shareOf = (active: number) => (active === 0 ? 0 : Math.min(1, 0.8 + 0.1 * (active - 1)));

/** Memory of the card: who is in it, who has to go. */
function createMemory({ vramBytes, loadBytesPerSecond, time }: GpuOptions) {
  const residents = new Map<string, Resident>();
  const need = (model: Model) => Math.min(Math.round(model.size * WORKING_MEMORY), vramBytes);
  const used = () => [...residents.values()].reduce((sum, { vramBytes: bytes }) => sum + bytes, 0);
  const idle = () => [...residents.values()].filter(({ active, isReady }) => active === 0 && isReady);
  const expire = () => idle().filter(({ expiresAt, leaving }) => leaving || expiresAt <= time.now()).forEach(({ model }) => residents.delete(model.name));

  /** Evicts idle models until `model` fits; undefined when those at work leave no room. */
  function admit(model: Model): Resident | undefined {
    const evictable = idle().toSorted((a, b) => a.expiresAt - b.expiresAt);
    const room = vramBytes - used() + evictable.reduce((sum, { vramBytes: bytes }) => sum + bytes, 0);
    if (room < need(model)) return undefined;
    while (vramBytes - used() < need(model)) residents.delete(evictable.shift()!.model.name);
    const resident: Resident = { model, vramBytes: need(model), expiresAt: Infinity, active: 0, leaving: false, isReady: false, ready: Promise.resolve() };
    resident.ready = time.sleep((model.size / loadBytesPerSecond) * 1_000, new AbortController().signal).then(() => void (resident.isReady = true));
    residents.set(model.name, resident);
    return resident;
  }

  return { residents, used, expire, admit };
}

export function createGpu(options: GpuOptions): Gpu {
  const { vramBytes, tokensPerSecond, parallel, maxQueue, seed, time } = options;
  const memory = createMemory(options);
  const heat = createHeat(time);
  const rate = createRate(time);
  const chance: Chance = chanceFrom(seed);
  const queue: Waiting[] = [];
  let active = 0;

  function change(resident: Resident, by: 1 | -1) {
    resident.active += by;
    active += by;
    heat.works(shareOf(active));
  }

  /** V3. A busy model holds up its own requests only; one that finds no memory holds up all that come after it. */
  function startWaiting() {
    memory.expire();
    for (const waiting of [...queue]) {
      const resident = memory.residents.get(waiting.model.name) ?? memory.admit(waiting.model);
      if (!resident) return;
      if (resident.active >= parallel) continue;
      queue.splice(queue.indexOf(waiting), 1);
      change(resident, 1);
      waiting.begin(resident);
    }
  }

  function turn(model: Model, signal: AbortSignal): Promise<Resident> {
    if (queue.length >= maxQueue) throw new QueueFull();
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { model, begin: resolve };
      const leave = () => {
        const place = queue.indexOf(waiting);
        if (place < 0) return;
        queue.splice(place, 1);
        reject(signal.reason);
        startWaiting();
      };
      signal.addEventListener('abort', leave, { once: true });
      queue.push(waiting);
      startWaiting();
    });
  }

  /** What does not fit on the card runs on the processor, at a fifth of the speed. */
  const slowdown = ({ model, vramBytes: bytes }: Resident) => {
    const outside = 1 - Math.min(1, bytes / (model.size * WORKING_MEMORY));
    return (Math.max(model.billions, 0.5) / 7) * (1 + 4 * outside);
  };

  function slotOf(resident: Resident, loadMs: number): Slot {
    const tempo = slowdown(resident) * (0.97 + 0.06 * chance());
    const msPerToken = () => {
      const shared = active / BATCH_GAIN ** (Math.min(active, 4) - 1);
      return (1_000 / tokensPerSecond) * tempo * Math.max(shared, 1) / heat.throttle();
    };
    let released = false;
    const release = (keepAliveMs: number) => {
      if (released) return;
      released = true;
      resident.expiresAt = time.now() + keepAliveMs;
      change(resident, -1);
      startWaiting();
    };
    return { loadMs, msPerToken, msPerPromptToken: () => msPerToken() / PROMPT_SPEEDUP, tokenMade: rate.made, release };
  }

  return {
    acquire: async (model, signal) => {
      const resident = await turn(model, signal);
      const began = time.now();
      await resident.ready;
      return slotOf(resident, time.now() - began);
    },
    unload: (model) => {
      const resident = memory.residents.get(model.name);
      if (resident) resident.leaving = true;
      memory.expire();
    },
    loaded: () => {
      memory.expire();
      return [...memory.residents.values()].filter(({ isReady }) => isReady).toSorted((a, b) => b.expiresAt - a.expiresAt);
    },
    load: () => {
      memory.expire();
      const noise = chance();
      return {
        tokens_per_second: Math.round(rate.perSecond() * 10) / 10,
        cpu_usage: rounded(3 + 9 * active + 2 * noise),
        memory_usage: rounded(14 + 3 * memory.residents.size + noise),
        gpu_usage: rounded(shareOf(active) * 100 + (active === 0 ? 2 : -4) * noise),
        gpu_memory: rounded((memory.used() / vramBytes) * 100),
        gpu_temperature: rounded(heat.celsius()),
        active_tasks: active,
        queue_length: queue.length,
      };
    },
  };
}
