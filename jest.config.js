const common = {
  testEnvironment: 'node',
  // Workspace packages are tested from their sources.
  testEnvironmentOptions: { customExportConditions: ['falconpay-source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2022',
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  resolver: '<rootDir>/libs/testing/jest/resolver.cjs',
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/', '<rootDir>/\\.falconpay', '<rootDir>/\\.nx/'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
};

export default {
  projects: [
    {
      ...common,
      displayName: 'specs',
      testMatch: ['<rootDir>/{libs,apps,infra,tools,bench,e2e}/**/src/**/*.spec.ts'],
    },
    {
      ...common,
      displayName: 'e2e',
      testMatch: ['<rootDir>/e2e/src/**/*.e2e.ts'],
      runner: '<rootDir>/libs/testing/jest/serial-runner.cjs',
    },
  ],
  // Compiled: Jest loads these two natively, before its own transforms are at work.
  globalSetup: '<rootDir>/libs/testing/dist/global-setup.js',
  globalTeardown: '<rootDir>/libs/testing/dist/global-teardown.js',
  // These cost time only where something is broken: many times what a slow machine needs.
  testTimeout: 180_000,
  // Tests that mostly wait, together.
  maxConcurrency: 8,
  maxWorkers: 2,
};
