/** The one profile: everything under features/, on stores and engines that support/plugin.ts brings up. */
export default {
  import: ['support/world.ts', 'support/hooks.ts', 'step-definitions/**/*.ts'],
  plugin: ['./support/plugin.ts'],
  format: ['progress-bar', ['message', `${process.env.HIVE_REPORTS ?? 'reports'}/messages.ndjson`]],
  order: 'random',
  strict: true,
};
