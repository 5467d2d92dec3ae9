import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { isObject, type JsonObject } from '../core/index.ts'
import { hasCode } from './has-code.ts'

/** A process that holds something, precisely enough that a later process with its number is not mistaken for it. */
export interface Owner {
  readonly pid: number
  readonly host: string
  /** Start time of the process in the kernel's ticks; empty where it cannot be read. */
  readonly started: string
}

/** This process. */
export function currentOwner(): Owner {
  return { pid: process.pid, host: hostname(), started: startOf(process.pid) }
}

/** Whether the owner may still be running. One on another host cannot be asked and counts as alive. */
export function isOwnerAlive(owner: Owner): boolean {
  if (owner.host !== hostname()) return true
  return isRunning(owner.pid) && startOf(owner.pid) === owner.started
}

/** Reads an owner from JSON text; null when it is none. Pure. */
export function parseOwner(text: string): Owner | null {
  const fields = parseFields(text)
  if (!fields) return null
  const { pid, host, started } = fields
  const isWhole = typeof pid === 'number' && typeof host === 'string' && typeof started === 'string'
  return isWhole ? { pid, host, started } : null
}

/** The fields of a JSON object; null for anything else. Pure. */
export function parseFields(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    // Not JSON: a file that was never written whole says nothing.
    return null
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // EPERM: it runs and belongs to someone else.
    return hasCode(error, 'EPERM')
  }
}

/** Field 22 of /proc/<pid>/stat (proc(5)); the name in field 2 may hold spaces, so count from its end. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    // No /proc on this system, or no such process.
    return ''
  }
}
