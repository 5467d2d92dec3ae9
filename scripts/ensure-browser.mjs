// Finds Chromium for the tests that look at pages, or installs Debian's when that is possible without asking.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
]

export function ensureBrowser() {
  if (process.env.CHROMIUM_PATH || places.some(existsSync)) return
  const canInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
  if (!canInstall) {
    console.log('No Chromium found: page tests will be skipped. Set CHROMIUM_PATH to its path to run them.')
    return
  }
  console.log('Installing Chromium for the page tests …')
  const apt = args => spawnSync('apt-get', ['-qq', ...args], { stdio: ['ignore', 'ignore', 'inherit'] })
  apt(['update'])
  apt(['install', '-y', '--no-install-recommends', 'chromium'])
}
