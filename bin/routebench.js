#!/usr/bin/env node
// Runs the TypeScript sources in a checkout, the compiled ones when installed (Node strips no types in node_modules).
import { enableCompileCache } from 'node:module'

enableCompileCache()
const isInstalled = import.meta.url.includes('/node_modules/')
await import(isInstalled ? '../dist/cli/main.js' : '../src/cli/main.ts')
