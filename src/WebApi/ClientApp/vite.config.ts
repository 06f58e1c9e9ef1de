import { defineConfig } from 'vitest/config'

const service = 'http://127.0.0.1:5080'
const proxy = { '/api': { target: service } }

export default defineConfig({
  // The page may stand below a path: its files name each other relatively, and the service completes what the HTML names.
  base: './',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    // The policy of the page allows scripts and styles from files alone: nothing is written into the HTML or into data URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy },
  preview: { proxy },
  test: { include: ['src/**/*.test.ts'], environment: 'node', css: true },
})
