#!/usr/bin/env node
// Runs the TypeScript sources in a checkout, the compiled ones when installed (Node strips no types in node_modules).
import module from 'node:module'

if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(
    `routebench needs Node 24; this is ${process.version}. In a checkout, \`npx routebench …\` uses the right one.`,
  )
  process.exit(64)
}
module.enableCompileCache()
const isInstalled = import.meta.url.includes('/node_modules/')
await import(isInstalled ? '../dist/cli/main.js' : '../src/cli/main.ts')
