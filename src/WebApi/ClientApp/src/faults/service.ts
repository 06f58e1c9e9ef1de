import { client } from '../api'
import { type Faults, readFaults, type Store, type StoreState } from './faults'

const path = '/api/development/faults'

/** Whether the service says that its stores can be stopped. Elsewhere the switches do not exist, and asking for them would be an error in the browser's log. */
export function hasFaultSwitches(): boolean {
  return document.querySelector<HTMLMetaElement>('meta[name="neurolab-faults"]')?.content === 'on'
}

/**
 * Asks what is stopped.
 * @throws ApiError Whatever status of failure there is; 404 where the service has no switches.
 */
export async function askFaults(signal: AbortSignal): Promise<Faults | null> {
  return readFaults(await (await client.stream(path, { signal })).json())
}

/** Stops a store, or starts it again. */
export async function switchStore(store: Store, to: StoreState): Promise<Faults | null> {
  const init = { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ [store]: to }) }
  return readFaults(await (await client.stream(path, init)).json())
}
