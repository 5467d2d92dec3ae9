#!/usr/bin/env node
// Runs the TypeScript sources in a checkout, the compiled ones when installed (Node strips no types in node_modules).
const installed = import.meta.url.includes('/node_modules/')
await import(installed ? '../dist/cli/main.js' : '../src/cli/main.ts')
