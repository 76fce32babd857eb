/** The models on an agent's disk, described as Ollama describes them. Everything follows from the name. */
import { createHash } from 'node:crypto';

export interface Model {
  /** With its tag, `llama3.1:8b`. */
  readonly name: string;
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly family: string;
  /** Such as `7.0B`. */
  readonly parameterSize: string;
  readonly billions: number;
  readonly contextLength: number;
  readonly capabilities: readonly ('completion' | 'tools' | 'thinking' | 'embedding')[];
}

/** Bytes of one parameter at Q4_K_M, measured over common models. */
const BYTES_PER_PARAMETER = 0.62;
const GIVEN_SIZES: Readonly<Record<string, number>> = { 'nomic-embed-text': 0.137, llama3: 8, mistral: 7 };
export const MODIFIED_AT = '2026-06-01T08:00:00Z';
export const QUANTIZATION = 'Q4_K_M';

/** Ollama calls a name without a tag `latest`. */
export const fullName = (name: string) => (name.includes(':') ? name : `${name}:latest`);

function capabilitiesOf(family: string): Model['capabilities'] {
  if (/embed|minilm|bge/.test(family)) return ['embedding'];
  return /r1|qwen3|gpt-oss/.test(family) ? ['completion', 'tools', 'thinking'] : ['completion', 'tools'];
}

export function modelNamed(name: string): Model {
  const [family = name, tag = ''] = fullName(name).split(':');
  const billions = Number(/([\d.]+)b/i.exec(tag)?.[1] ?? GIVEN_SIZES[family] ?? 7);
  return {
    name: fullName(name),
    digest: createHash('sha256').update(fullName(name)).digest('hex'),
    size: Math.round(billions * 1e9 * BYTES_PER_PARAMETER + 3e8),
    family: family.replace(/[\d.-].*$/, '') || family,
    parameterSize: billions < 1 ? `${Math.round(billions * 1_000)}M` : `${billions.toFixed(1)}B`,
    billions,
    contextLength: 8_192,
    capabilities: capabilitiesOf(family),
  };
}

export const detailsOf = ({ family, parameterSize, contextLength }: Model) => ({
  parent_model: '', format: 'gguf', family, families: [family], parameter_size: parameterSize, quantization_level: QUANTIZATION, context_length: contextLength,
});
