/**
 * What all scenarios of a run share: stores, two engine processes, the span collector, the web-service simulator.
 * Built once by the coordinator (plugin.ts) and found again by every worker through one environment variable.
 */
export interface PlatformAddresses {
  /** Which provisioning is in use: external, containers or embedded. */
  readonly provisioned: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly collectorUrl: string;
  readonly webServiceUrl: string;
  readonly engines: readonly { name: string; url: string; controlUrl: string; pid: number; logFile: string }[];
}

const VARIABLE = 'HIVE_TEST_PLATFORM';

export function publishPlatform(addresses: PlatformAddresses) {
  process.env[VARIABLE] = JSON.stringify(addresses);
}

export function platform(): PlatformAddresses {
  const text = process.env[VARIABLE];
  if (!text) throw new Error('the platform was not started; run the features with cucumber-js and the profile of this repository, which loads support/plugin.ts');
  return JSON.parse(text) as PlatformAddresses;
}
