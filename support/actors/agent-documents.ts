/** Registration documents: the documented one, and what people get wrong in it. */
import { MODEL } from './agent-process.ts';

export type RegistrationDocument = Record<string, any>;

/** Nobody listens on the discard port. */
export const NOWHERE = 'http://127.0.0.1:9';

/** As documented (flow hive-agent-registration), endpoint and short name aside. */
export const documentOf = ({ slug, endpoint = NOWHERE }: { slug: string; endpoint?: string | undefined }): RegistrationDocument => ({
  agent_id: slug,
  name: 'ACACIA Infrastructure Specialist',
  endpoint,
  model: MODEL,
  capabilities: [{ name: 'devops', proficiency: 0.95 }, { name: 'architecture', proficiency: 0.9 }, { name: 'deployment', proficiency: 0.88 }],
  hardware: { gpu_type: 'AMD Radeon RX 7900 XTX', vram_gb: 24, cpu_cores: 16, ram_gb: 64 },
  performance_targets: { min_tps: 15, max_response_time: 30 },
});

const withProficiency = (proficiency: number) => (document: RegistrationDocument) => void (document['capabilities'][0].proficiency = proficiency);

const mistakes: Readonly<Record<string, (document: RegistrationDocument) => void>> = {
  'with a proficiency of 1.2': withProficiency(1.2),
  'with a proficiency of -0.1': withProficiency(-0.1),
  'without an endpoint': (document) => void delete document['endpoint'],
  'with an empty list of capabilities': (document) => void (document['capabilities'] = []),
  'with a password in its endpoint': (document) => void (document['endpoint'] = 'http://acacia:pie@192.168.1.72:11434'),
  'with an endpoint that is no web address': (document) => void (document['endpoint'] = 'ftp://192.168.1.72/pie'),
  'with more hardware than anyone has': (document) => void (document['hardware'].inventory = 'pie '.repeat(3_000)),
  'with a promise that is none': (document) => void (document['performance_targets'].min_tps = -1),
};

export const mistakenDocument = (document: RegistrationDocument, mistake: string): RegistrationDocument => {
  const make = mistakes[mistake];
  if (!make) throw new Error(`nobody knows how to register ${mistake}; known: ${Object.keys(mistakes).join('; ')}`);
  make(document);
  return document;
};
