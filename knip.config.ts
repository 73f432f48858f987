// What counts as an entry, so that everything no entry reaches is reported as unused code.
// Leaves alone: unused members of exported types (the contract names more than today's code reads).

import type { KnipConfig } from 'knip'

const config: KnipConfig = {
  entry: [
    'gateway/main.ts!',
    'gateway/child.ts!',
    'gateway/ledger-command.ts!',
    'gateway/ledger/{writer,reader,care}-thread.ts!',
    'main/main.ts!',
    'main/ipc/preload.ts!',
    'scripts/*.mjs',
    'test/**/*.test.ts',
    'test/**/*.spec.ts',
    'test/**/*.config.ts',
    'test/load/bench.ts',
    'test/proof/run.ts',
    // Programs of their own, started by tests.
    'test/**/*-{child,process}.ts',
    'vite.{gateway,main,preload}.config.ts',
    // electron-builder's hook, named in electron-builder.yml.
    'scripts/steps/after-pack.mjs',
    // Asked by scripts/steps/suites.mjs, in a process of its own.
    'test/kit/parts.ts',
  ],
  project: ['gateway/**/*.ts!', 'main/**/*.ts!', 'renderer/**/*.{ts,svelte}!', 'scripts/**/*.mjs', 'test/**/*.ts', '*.{js,ts}'],
  // Started by its path in scripts/check.mjs; the names of system tools, not packages.
  ignoreDependencies: ['svelte-check'],
  ignoreBinaries: ['taskset', 'ip', 'dbus-run-session', 'openssl', 'strace', 'unshare', 'dpkg-deb', 'dpkg', 'desktop-file-validate', 'systemd-analyze'],
  // Contract types are the vocabulary; a word may be there before its first reader.
  ignoreIssues: { 'gateway/contract/**': ['exports', 'types'] },
  ignoreExportsUsedInFile: true,
}

export default config
